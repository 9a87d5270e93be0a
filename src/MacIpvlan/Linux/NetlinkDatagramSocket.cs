using System.Diagnostics;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>
/// The kernel's NETLINK_ROUTE socket, bound to the namespace of the thread that opens it. It is connected to the kernel,
/// which then refuses datagrams from other processes: a container could fill the queue, so that answers are lost.
/// </summary>
internal sealed unsafe class NetlinkDatagramSocket : INetlinkTransport
{
    // More datagrams than any receive queue has room for.
    private const int MaxDiscarded = 1 << 16;
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(10);
    private readonly TimeSpan _timeout;
    private readonly FileDescriptor _fd;

    /// <summary>Opens the socket with extended acknowledgements and strict checking.</summary>
    /// <param name="timeout">How long to wait for a datagram; null for ten seconds.</param>
    /// <exception cref="NetlinkException">
    /// The socket can't be opened, or the kernel is older than 4.20 and lacks an option.
    /// </exception>
    public NetlinkDatagramSocket(TimeSpan? timeout = null)
    {
        _timeout = timeout ?? s_defaultTimeout;
        int fd = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NETLINK_ROUTE);
        _fd = FileDescriptor.TryTake(fd, out int errno) ?? throw new NetlinkException("socket(AF_NETLINK)", errno);
        try
        {
            SetOption(NETLINK_CAP_ACK);
            SetOption(NETLINK_EXT_ACK);
            SetOption(NETLINK_GET_STRICT_CHK);
            sockaddr_nl address = new() { nl_family = (ushort)LibC.AF_NETLINK };
            socklen_t length = sizeof(sockaddr_nl);
            Check(LibC.bind(fd, (sockaddr*)&address, length), "bind(AF_NETLINK)");
            Check(LibC.getsockname(fd, (sockaddr*)&address, &length), "getsockname(AF_NETLINK)");
            PortId = address.nl_pid;
            sockaddr_nl kernel = new() { nl_family = (ushort)LibC.AF_NETLINK };
            Check(LibC.connect(fd, (sockaddr*)&kernel, length), "connect(AF_NETLINK)");
        }
        catch
        {
            _fd.Dispose();
            throw;
        }
    }

    public uint PortId { get; }

    public ulong NamespaceCookie => Linux.NamespaceCookie.Read(_fd);

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
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            int received = Receive(buffer, out int errno, out uint sender, out _);
            // Only the kernel sends from port 0.
            if (received >= 0 && sender == 0) return received;
            if (errno == Errno.ENOBUFS) Discard();
            if (errno is not (0 or Errno.EINTR or Errno.EAGAIN)) throw Failed(errno);
            // One deadline, which signals and datagrams from other processes don't extend.
            TimeSpan left = _timeout - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) throw Failed(Errno.ETIMEDOUT);
            if (errno == Errno.EAGAIN) _fd.WaitReadable(left);
        }
    }

    /// <summary>
    /// Subscribes to multicast groups of the socket's namespace and of all namespaces with an id in it. The socket
    /// doesn't keep those namespaces alive.
    /// </summary>
    /// <param name="queueSize">The size of the receive queue in bytes.</param>
    /// <param name="groups">The groups (RTNLGRP_LINK and so on).</param>
    /// <exception cref="NetlinkException">The process lacks CAP_NET_BROADCAST.</exception>
    public void Listen(int queueSize, params IEnumerable<int> groups)
    {
        int one = 1;
        if (LibC.setsockopt(_fd.Value, LibC.SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &one, sizeof(int)) < 0)
        {
            throw new NetlinkException(
                "setsockopt(SOL_NETLINK, NETLINK_LISTEN_ALL_NSID)", Errno.Last,
                privilege: "CAP_NET_BROADCAST in the user namespace that owns the host's network namespace");
        }

        // With CAP_NET_ADMIN, the size can exceed net.core.rmem_max.
        if (LibC.setsockopt(_fd.Value, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, &queueSize, sizeof(int)) < 0)
        {
            Check(LibC.setsockopt(_fd.Value, LibC.SOL_SOCKET, LibC.SO_RCVBUF, &queueSize, sizeof(int)), "setsockopt(SO_RCVBUF)");
        }

        foreach (int group in groups) SetOption(NETLINK_ADD_MEMBERSHIP, group);
    }

    /// <summary>Receives a datagram from the kernel without waiting.</summary>
    /// <param name="buffer">Receives the datagram, truncated to the buffer's length.</param>
    /// <param name="namespaceId">The id of the namespace that the datagram is about; null for the socket's own.</param>
    /// <returns>
    /// The datagram's full length; -1 if there is no datagram; 0 for a datagram of another process, which can send to
    /// multicast groups.
    /// </returns>
    /// <exception cref="NetlinkException">
    /// The call failed: ENOBUFS if datagrams were lost after the ones still in the queue.
    /// </exception>
    public int TryReceive(Span<byte> buffer, out int? namespaceId)
    {
        while (true)
        {
            int received = Receive(buffer, out int errno, out uint sender, out namespaceId);
            if (received >= 0) return sender == 0 ? received : 0;
            if (errno == Errno.EAGAIN) return -1;
            if (errno != Errno.EINTR) throw Failed(errno);
        }
    }

    /// <summary>Waits until a datagram arrives or the time is up.</summary>
    public void Wait(TimeSpan time) => _fd.WaitReadable(time);

    public void Dispose() => _fd.Dispose();

    private static NetlinkException Failed(int errno) => new("receive netlink answer", errno);

    private int Receive(Span<byte> buffer, out int errno, out uint sender, out int? namespaceId)
    {
        const int ControlSize = 64;
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* p = buffer)
        {
            sockaddr_nl address;
            iovec vector = new() { iov_base = p, iov_len = buffer.Length };
            msghdr header = new()
            {
                msg_name = &address,
                msg_namelen = sizeof(sockaddr_nl),
                msg_iov = &vector,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = ControlSize,
            };
            // With MSG_TRUNC, the result is the datagram's full length even if the buffer is shorter.
            ssize_t received = LibC.recvmsg(_fd.Value, &header, LibC.MSG_TRUNC | LibC.MSG_DONTWAIT);
            errno = received < 0 ? Errno.Last : 0;
            sender = address.nl_pid;
            // The kernel sends no other control message, and this one only for other namespaces.
            cmsghdr* beside = received < 0 ? null : LibC.CMSG_FIRSTHDR(&header);
            namespaceId = beside is not null && beside->cmsg_level == LibC.SOL_NETLINK && beside->cmsg_type == NETLINK_LISTEN_ALL_NSID
                ? *(int*)LibC.CMSG_DATA(beside)
                : null;
            return (int)received;
        }
    }

    // The queue was full, or the kernel had no memory for an answer. Until the queue has been empty once, the kernel
    // silently drops all further answers (netlink_overrun, netlink_rcv_wake in net/netlink/af_netlink.c).
    private void Discard()
    {
        int errno = 0;
        for (int i = 0; i < MaxDiscarded && errno is (0 or Errno.EINTR or Errno.ENOBUFS); i++) Receive([], out errno, out _, out _);
    }

    private void SetOption(int option, int value = 1) =>
        Check(LibC.setsockopt(_fd.Value, LibC.SOL_NETLINK, option, &value, sizeof(int)), $"setsockopt(SOL_NETLINK, {option})");

    private static void Check(int result, string call)
    {
        if (result < 0) throw new NetlinkException(call, Errno.Last);
    }
}
