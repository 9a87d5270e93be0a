using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>The kernel's number of a network namespace, which isn't reused until reboot (SO_NETNS_COOKIE).</summary>
internal static unsafe class NamespaceCookie
{
    /// <summary>Reads the cookie of the calling thread's namespace.</summary>
    /// <returns>Zero on kernels before 5.14.</returns>
    /// <exception cref="NetlinkException">The kernel refuses to open a socket.</exception>
    public static ulong Read()
    {
        using FileDescriptor socket = FileDescriptor.TryTake(LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0), out int errno)
            ?? throw new NetlinkException("socket(AF_UNIX)", errno);
        return Read(socket);
    }

    /// <summary>Reads the cookie of a socket's namespace.</summary>
    /// <returns>Zero on kernels before 5.14.</returns>
    public static ulong Read(FileDescriptor socket)
    {
        ulong cookie = 0;
        socklen_t length = sizeof(ulong);
        return LibC.getsockopt(socket.Value, LibC.SOL_SOCKET, Uapi.SO_NETNS_COOKIE, &cookie, &length) == 0 ? cookie : 0;
    }
}
