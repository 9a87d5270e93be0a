using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// A network namespace held by a descriptor: it stays the same one, and alive, from the first look to the last step,
/// whatever becomes of the name or process that led to it.
/// </summary>
public sealed class NamespaceHandle : IDisposable
{
    // include/uapi/linux/nsfs.h: _IO(0xb7, 0x3).
    private const int NsGetNsType = 0xb703;

    /// <summary>What the host's own namespace is called.</summary>
    internal const string OwnName = "host";
    private const string OwnPath = "/proc/self/ns/net";
    private readonly FileDescriptor _fd;

    private NamespaceHandle(string name, string path, FileDescriptor fd, NamespaceIdentity identity) =>
        (Name, Path, _fd, Identity) = (name, path, fd, identity);

    /// <summary>Where named namespaces are, for ip netns too.</summary>
    public const string Folder = "/run/netns";

    /// <summary>The path of a named namespace.</summary>
    public static string PathOf(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>What the namespace is called in messages: its name under /run/netns, or its path.</summary>
    public string Name { get; }

    /// <summary>The path that it was opened by.</summary>
    public string Path { get; }

    /// <summary>What tells it apart from all others that exist.</summary>
    public NamespaceIdentity Identity { get; }

    /// <summary>Whether it was opened as the one that this process was started in.</summary>
    internal bool IsOwn => Name == OwnName && Path == OwnPath;

    internal int Descriptor => _fd.Value;

    /// <summary>Opens the namespace behind a path.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="path">A file of the nsfs kind: a bind mount, or /proc/PID/ns/net.</param>
    /// <exception cref="NetworkException">There is none: NamespaceNotFound.</exception>
    public static NamespaceHandle Open(string name, string path) => TryOpen(name, path, out int errno) ?? throw (errno switch
    {
        Errno.EACCES or Errno.EPERM => new NetworkException(
            NetworkError.PermissionDenied, $"The network namespace {name} cannot be opened: {Errno.Text(errno)}. "
            + "For a process of another user, or with more capabilities, this one lacks CAP_SYS_PTRACE."),
        Errno.EINVAL or Errno.ENOTTY => new NetworkException(
            NetworkError.NamespaceNotFound, $"'{path}' is not a network namespace."),
        _ => new NetworkException(
            NetworkError.NamespaceNotFound, $"There is no network namespace '{name}' ({path}: {Errno.Text(errno)})."),
    });

    /// <summary>Opens the namespace behind a path, or tells the error number.</summary>
    internal static unsafe NamespaceHandle? TryOpen(string name, string path, out int errno)
    {
        // O_NONBLOCK: a FIFO put in the way must not hold us up.
        FileDescriptor? fd = FileDescriptor.TryOpen(path, LibC.O_RDONLY | LibC.O_NONBLOCK, out errno);
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

    /// <summary>What tells the namespace that this process was started in apart; less work than to open it.</summary>
    /// <exception cref="NetlinkException">There is no /proc.</exception>
    public static unsafe NamespaceIdentity OwnIdentity
    {
        get
        {
            stat status;
            fixed (byte* path = "/proc/self/ns/net\0"u8)
            {
                if (LibC.stat(path, &status) < 0) throw new NetlinkException($"stat {OwnPath}", Errno.Last);
            }

            return new((ulong)status.st_dev, (ulong)status.st_ino);
        }
    }

    /// <summary>The namespace that this process was started in.</summary>
    public static NamespaceHandle OpenOwn() => Open(OwnName, OwnPath);

    /// <inheritdoc/>
    public void Dispose() => _fd.Dispose();
}
