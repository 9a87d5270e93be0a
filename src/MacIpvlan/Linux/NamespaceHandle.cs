using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// A network namespace that an open descriptor keeps alive. It stays the same namespace until disposed, even if the
/// name or process that it was opened by no longer exists.
/// </summary>
public sealed class NamespaceHandle : IDisposable
{
    // include/uapi/linux/nsfs.h: _IO(0xb7, 0x3).
    private const int NsGetNsType = 0xb703;

    /// <summary>The display name of the host's network namespace.</summary>
    internal const string OwnName = "host";
    private const string OwnPath = "/proc/self/ns/net";
    private static object? s_ownIdentity;
    private readonly FileDescriptor _fd;

    private NamespaceHandle(string name, string path, FileDescriptor fd, NamespaceIdentity identity) =>
        (Name, Path, _fd, Identity) = (PrintableText.Clean(name), path, fd, identity);

    /// <summary>The folder of named namespaces, which ip netns also uses.</summary>
    public const string Folder = "/run/netns";

    /// <summary>The path of a named namespace.</summary>
    public static string PathOf(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>The namespace's name in messages: its name under /run/netns, or its path.</summary>
    public string Name { get; }

    /// <summary>The path from which it was opened.</summary>
    public string Path { get; }

    /// <summary>The identity, unique among the namespaces that exist.</summary>
    public NamespaceIdentity Identity { get; }

    /// <summary>Whether it was opened as the namespace that this process was started in.</summary>
    internal bool IsOwn => Name == OwnName && Path == OwnPath;

    internal int Descriptor => _fd.Value;

    /// <summary>Opens the namespace at a path.</summary>
    /// <param name="name">The name to use in messages.</param>
    /// <param name="path">A file of the nsfs file system: a bind mount, or /proc/PID/ns/net.</param>
    /// <exception cref="NetworkException">NamespaceNotFound or PermissionDenied.</exception>
    public static NamespaceHandle Open(string name, string path) => TryOpen(name, path, out int errno) ?? throw (errno switch
    {
        Errno.EACCES or Errno.EPERM => new NetworkException(
            NetworkError.PermissionDenied, $"The network namespace {name} can't be opened: {Errno.Text(errno)}. "
            + "For processes of other users, or with more capabilities, this process needs CAP_SYS_PTRACE."),
        Errno.EINVAL or Errno.ENOTTY => new NetworkException(
            NetworkError.NamespaceNotFound, $"'{path}' isn't a network namespace."),
        _ => new NetworkException(
            NetworkError.NamespaceNotFound,
            $"The network namespace '{name}' doesn't exist ({path}: {Errno.Text(errno)})."),
    });

    /// <summary>Opens the namespace at a path, or returns null with the error number in errno.</summary>
    internal static NamespaceHandle? TryOpen(string name, string path, out int errno)
    {
        using FileDescriptor? file = FileDescriptor.TryOpen(path, LibC.O_PATH, out errno);
        return file is null ? null : TryOpen(name, path, file, out errno);
    }

    /// <summary>
    /// Opens the namespace at a path below the root folder of another process, or returns null. The way there belongs
    /// to that process: symbolic links aren't followed, and no file system is asked that could keep the answer waiting.
    /// </summary>
    internal static NamespaceHandle? TryOpenBelow(string name, string root, string path)
    {
        using FileDescriptor? folder = FileDescriptor.TryOpen(root, LibC.O_PATH | LibC.O_DIRECTORY, out _);
        using FileDescriptor? file = folder?.TryOpenCached(path);
        return file is null ? null : TryOpen(name, root + path, file, out _);
    }

    // Others choose what is at the path. To open a FIFO waits, and to open some devices does something, so nothing is
    // opened before it is known to be a file of nsfs. O_PATH only finds the file, and statx doesn't ask a file system
    // that could keep the answer waiting.
    private static unsafe NamespaceHandle? TryOpen(string name, string path, FileDescriptor file, out int errno)
    {
        if (!IsOnNsfs(file, out errno)) return null;
        FileDescriptor? fd = FileDescriptor.TryOpen(file.ProcPath, LibC.O_RDONLY, out errno);
        if (fd is null) return null;
        int type = LibC.ioctl(fd.Value, NsGetNsType);
        stat status;
        if (type == LibC.CLONE_NEWNET && LibC.fstat(fd.Value, &status) == 0)
        {
            return new(name, path, fd, new NamespaceIdentity((ulong)status.st_dev, (ulong)status.st_ino));
        }

        errno = type < 0 ? Errno.Last : Errno.EINVAL;
        fd.Dispose();
        return null;
    }

    // The kernel has a single nsfs, so its device number identifies it.
    private static unsafe bool IsOnNsfs(FileDescriptor file, out int errno)
    {
        byte empty = 0;
        statx status;
        if (LibC.statx(file.Value, &empty, LibC.AT_EMPTY_PATH | Uapi.AT_STATX_DONT_SYNC, LibC.STATX_TYPE, &status) < 0)
        {
            errno = Errno.Last;
            return false;
        }

        errno = Errno.EINVAL;
        return Device(status.stx_dev_major, status.stx_dev_minor) == OwnIdentity.Device;
    }

    // makedev(3).
    private static ulong Device(ulong major, ulong minor) =>
        ((major & 0xfffff000) << 32) | ((major & 0xfff) << 8) | ((minor & 0xffffff00) << 12) | (minor & 0xff);

    /// <summary>
    /// The identity of the namespace that this process was started in. Faster than opening the namespace.
    /// </summary>
    /// <exception cref="NetlinkException">/proc isn't mounted.</exception>
    // Read once: to look it up takes the kernel longer than to open a namespace by its name.
    public static NamespaceIdentity OwnIdentity => (NamespaceIdentity)(s_ownIdentity ??= ReadOwnIdentity());

    private static NamespaceIdentity ReadOwnIdentity() => Read("/proc/self/ns/net\0"u8);

    /// <summary>The identity of the namespace that the calling thread is in.</summary>
    /// <exception cref="NetlinkException">/proc isn't mounted.</exception>
    internal static NamespaceIdentity ThreadIdentity => Read("/proc/thread-self/ns/net\0"u8);

    private static unsafe NamespaceIdentity Read(ReadOnlySpan<byte> path)
    {
        stat status;
        fixed (byte* text = path)
        {
            if (LibC.stat(text, &status) < 0) throw new NetlinkException($"stat {System.Text.Encoding.ASCII.GetString(path[..^1])}", Errno.Last);
        }

        return new((ulong)status.st_dev, (ulong)status.st_ino);
    }

    /// <summary>Opens the namespace that this process was started in.</summary>
    public static NamespaceHandle OpenOwn() => Open(OwnName, OwnPath);

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}
