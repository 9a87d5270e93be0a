using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>The kernel's NETLINK_ROUTE socket, bound to the namespace of the thread that opens it.</summary>
internal sealed unsafe class NetlinkDatagramSocket : INetlinkTransport
{
    private const int AnswerTimeoutSeconds = 10;
    private readonly FileDescriptor _fd;

    /// <summary>Opens the socket with extended acknowledgements and strict checking on.</summary>
    /// <exception cref="NetlinkException">It cannot be opened, or the kernel lacks one of these (older than 4.20).</exception>
    public NetlinkDatagramSocket()
    {
        int fd = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NETLINK_ROUTE);
        if (fd < 0) throw new NetlinkException("socket(AF_NETLINK)", Errno.Last);
        _fd = new FileDescriptor(fd);
        try
        {
            SetOption(NETLINK_CAP_ACK);
            SetOption(NETLINK_EXT_ACK);
            SetOption(NETLINK_GET_STRICT_CHK);
            nint* timeout = stackalloc nint[2] { AnswerTimeoutSeconds, 0 };
            Check(
                LibC.setsockopt(fd, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, timeout, 2 * sizeof(nint)),
                "setsockopt(SO_RCVTIMEO)");
            sockaddr_nl address = new() { nl_family = (ushort)LibC.AF_NETLINK };
            socklen_t length = sizeof(sockaddr_nl);
            Check(LibC.bind(fd, (sockaddr*)&address, length), "bind(AF_NETLINK)");
            Check(LibC.getsockname(fd, (sockaddr*)&address, &length), "getsockname(AF_NETLINK)");
            PortId = address.nl_pid;
        }
        catch
        {
            _fd.Dispose();
            throw;
        }
    }

    public uint PortId { get; }

    public void Send(ReadOnlySpan<byte> datagram)
    {
        sockaddr_nl kernel = new() { nl_family = (ushort)LibC.AF_NETLINK };
        fixed (byte* p = datagram)
        {
            ssize_t sent;
            do sent = LibC.sendto(_fd.Value, p, datagram.Length, 0, (sockaddr*)&kernel, sizeof(sockaddr_nl));
            while (sent < 0 && Errno.Last == Errno.EINTR);
            if (sent < 0) throw new NetlinkException("send netlink request", Errno.Last);
        }
    }

    public int Receive(Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            sockaddr_nl sender;
            iovec vector = new() { iov_base = p, iov_len = buffer.Length };
            while (true)
            {
                msghdr header = new() { msg_name = &sender, msg_namelen = sizeof(sockaddr_nl), msg_iov = &vector, msg_iovlen = 1 };
                // With MSG_TRUNC the result is the datagram's real length, also where the buffer is shorter.
                ssize_t received = LibC.recvmsg(_fd.Value, &header, LibC.MSG_TRUNC);
                if (received >= 0)
                {
                    // Any process may address this port; only the kernel sends from port 0.
                    if (sender.nl_pid == 0) return (int)received;
                    continue;
                }

                int errno = Errno.Last;
                if (errno == Errno.EINTR) continue;
                throw new NetlinkException("receive netlink answer", errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno);
            }
        }
    }

    public void Dispose() => _fd.Dispose();

    private void SetOption(int option)
    {
        int one = 1;
        Check(LibC.setsockopt(_fd.Value, LibC.SOL_NETLINK, option, &one, sizeof(int)), $"setsockopt(SOL_NETLINK, {option})");
    }

    private static void Check(int result, string call)
    {
        if (result < 0) throw new NetlinkException(call, Errno.Last);
    }
}
