using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>The type, permissions and owner of a file (stat(2)).</summary>
/// <param name="Type">The file type.</param>
/// <param name="Rights">The permissions.</param>
/// <param name="Owner">The owner's user id.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Inode">The inode number.</param>
/// <param name="Length">The length in bytes.</param>
public sealed record FileStatus(FileType Type, UnixFileMode Rights, uint Owner, uint Group, ulong Inode, long Length)
{
    // S_IFMT of include/uapi/linux/stat.h.
    private const uint TypeMask = 0xF000;
    private const uint RightsMask = 0xFFF;

    /// <summary>Whether root or this process's effective user owns the file.</summary>
    public bool IsTrusted => Owner == 0 || Owner == EffectiveUser;

    /// <summary>Whether this process's effective user owns the file.</summary>
    public bool IsOwn => Owner == EffectiveUser;

    /// <summary>Whether only its owner can rename or remove what is in the folder (S_ISVTX).</summary>
    internal bool IsSticky => (Rights & UnixFileMode.StickyBit) != 0;

    /// <summary>The effective user id of this process.</summary>
    internal static uint EffectiveUser => LibC.geteuid();

    /// <summary>Whether the group or others can write to the file.</summary>
    public bool IsWritableByOthers => (Rights & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;

    /// <summary>Reads the status of a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="follow">Whether to follow a symbolic link in the last part of the path.</param>
    /// <returns>Null if the path doesn't exist.</returns>
    /// <exception cref="IOException">The status can't be read.</exception>
    public static FileStatus? Of(string path, bool follow = false)
    {
        int flags = LibC.O_PATH | (follow ? 0 : LibC.O_NOFOLLOW);
        using FileDescriptor? file = FileDescriptor.TryOpen(path, flags, out int errno);
        if (file is not null) return Of(file, path);
        return errno == Errno.ENOENT ? null : throw new IOException($"{path}: {Errno.Text(errno)}");
    }

    /// <summary>Reads the status of an open file.</summary>
    /// <param name="file">Its descriptor.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="IOException">The status can't be read.</exception>
    internal static unsafe FileStatus Of(FileDescriptor file, string path)
    {
        stat status;
        if (LibC.fstat(file.Value, &status) < 0) throw new IOException($"{path}: {Errno.Text(Errno.Last)}");
        uint mode = (uint)status.st_mode;
        FileType type = (FileType)(mode & TypeMask);
        return new(
            type, (UnixFileMode)(mode & RightsMask), (uint)status.st_uid, (uint)status.st_gid, (ulong)status.st_ino, (long)status.st_size);
    }
}

/// <summary>File types.</summary>
public enum FileType
{
    /// <summary>Any other type.</summary>
    Other = 0,

    /// <summary>A folder.</summary>
    Folder = 0x4000,

    /// <summary>A regular file.</summary>
    File = 0x8000,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 0xA000,
}
