using System.Text;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// A folder of settings of one link, such as /proc/sys/net/ipv4/conf/eth0, of the calling thread's network namespace. It stays that link's
/// folder: once the link has been renamed or deleted, the kernel finds nothing in it (proc_sys_revalidate in fs/proc/proc_sysctl.c).
/// </summary>
internal sealed class SysctlFolder : IDisposable
{
    // An IPv6 address in full, and a line feed.
    private const int MaxLength = 40;
    private const int WriteBits = 0x92;

    private readonly FileDescriptor _folder;

    private SysctlFolder(FileDescriptor folder) => _folder = folder;

    /// <summary>Opens the folder of a link.</summary>
    /// <param name="family">The folder above, below /proc/sys/net, such as ipv4.conf.</param>
    /// <param name="link">The link's name.</param>
    /// <returns>
    /// Null if the link has no such settings. The kernel gives no link the names all and default, whose folders are the namespace's.
    /// </returns>
    /// <exception cref="NetlinkException">The folder can't be opened.</exception>
    public static SysctlFolder? TryOpen(string family, string link)
    {
        string path = $"/proc/sys/net/{family.Replace('.', '/')}/{link}";
        FileDescriptor? folder = FileDescriptor.TryOpen(path, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_NOFOLLOW, out int errno);
        return folder is not null ? new(folder) : errno == Errno.ENOENT ? null : throw new NetlinkException($"open {path}", errno);
    }

    /// <summary>Reads a setting.</summary>
    /// <returns>Null if it doesn't exist or can't be read.</returns>
    public string? Read(string key)
    {
        using FileDescriptor? file = FileDescriptor.TryOpenAt(_folder.Value, key, LibC.O_RDONLY | LibC.O_NOFOLLOW, out _);
        if (file is null) return null;
        Span<byte> bytes = stackalloc byte[MaxLength];
        int length = file.Read(bytes, out _);
        return length < 0 ? null : Encoding.ASCII.GetString(bytes[..length]).TrimEnd();
    }

    /// <summary>Writes a setting.</summary>
    /// <returns>Zero, or the error number.</returns>
    public unsafe int Write(string key, string value)
    {
        using FileDescriptor? file = FileDescriptor.TryOpenAt(_folder.Value, key, LibC.O_WRONLY | LibC.O_NOFOLLOW, out int errno);
        if (file is null) return errno;
        byte[] bytes = Encoding.ASCII.GetBytes(value);
        fixed (byte* p = bytes)
        {
            return LibC.write(file.Value, p, bytes.Length) == bytes.Length ? 0 : Errno.Last;
        }
    }

    /// <summary>Whether a setting exists, and whether the kernel lets anybody write it. Null if the kernel has no such setting.</summary>
    public unsafe bool? IsWritable(string key)
    {
        using FileDescriptor? file = FileDescriptor.TryOpenAt(_folder.Value, key, LibC.O_PATH | LibC.O_NOFOLLOW, out _);
        stat status;
        return file is null || LibC.fstat(file.Value, &status) < 0 ? null : ((int)(uint)status.st_mode & WriteBits) != 0;
    }

    public void Dispose() => _folder.Dispose();
}
