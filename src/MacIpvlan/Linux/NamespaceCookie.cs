using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>The kernel's own number of a network namespace, which it gives once while it runs (SO_NETNS_COOKIE).</summary>
internal static unsafe class NamespaceCookie
{
    /// <summary>Reads that of the calling thread's namespace.</summary>
    /// <returns>Zero where the kernel has none (before 5.14).</returns>
    /// <exception cref="NetlinkException">The kernel gives no socket.</exception>
    public static ulong Read()
    {
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) throw new NetlinkException("socket(AF_UNIX)", Errno.Last);
        using FileDescriptor socket = new(fd);
        return Read(socket);
    }

    /// <summary>Reads that of the namespace that a socket is in.</summary>
    /// <returns>Zero where the kernel has none (before 5.14).</returns>
    public static ulong Read(FileDescriptor socket)
    {
        ulong cookie = 0;
        socklen_t length = sizeof(ulong);
        return LibC.getsockopt(socket.Value, LibC.SOL_SOCKET, Uapi.SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie : 0;
    }
}
