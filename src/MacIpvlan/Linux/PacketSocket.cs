using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>
/// Sends packets on links of the namespace of the thread that opens it. After <see cref="Listen"/>, it also receives
/// the packets of one link and protocol (packet(7)).
/// </summary>
/// <remarks>
/// The kernel needs 10 ms or more to close a packet socket, so don't open one only to send while a user waits.
/// </remarks>
internal sealed unsafe class PacketSocket : IDisposable
{
    private const int MacSize = 6;
    private readonly FileDescriptor _fd;

    private PacketSocket(FileDescriptor fd) => _fd = fd;

    /// <summary>Opens a socket in the calling thread's namespace.</summary>
    /// <exception cref="NetlinkException">The kernel refuses to open a socket.</exception>
    public static PacketSocket Open() => TryOpen(out int errno) ?? throw new NetlinkException(
        "socket(AF_PACKET)", errno, privilege: "CAP_NET_RAW in the user namespace that owns the network namespace");

    /// <summary>Does the same.</summary>
    /// <returns>Null if the kernel refuses, for example without CAP_NET_RAW.</returns>
    public static PacketSocket? TryOpen() => TryOpen(out _);

    private static PacketSocket? TryOpen(out int errno) =>
        FileDescriptor.TryTake(LibC.socket(LibC.AF_PACKET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0), out errno) is FileDescriptor fd
            ? new(fd)
            : null;

    /// <summary>The EtherType of IPv4.</summary>
    public const ushort EtherTypeOfIPv4 = ETH_P_IP;

    /// <summary>The EtherType of the protocol that resolves addresses of a family: ARP, or IPv6 itself.</summary>
    public static ushort EtherTypeOf(AddressFamily family) => family == AddressFamily.InterNetwork ? ETH_P_ARP : ETH_P_IPV6;

    /// <summary>
    /// Starts receiving the packets on a link that resolve addresses, and passes over most others:
    /// <see cref="PacketFilter"/>.
    /// </summary>
    /// <param name="linkIndex">The link's index.</param>
    /// <param name="etherType">The protocol: <see cref="EtherTypeOf"/>.</param>
    /// <param name="addresses">The addresses in network order, all of one family.</param>
    /// <exception cref="NetlinkException">The link doesn't exist or is down.</exception>
    public void Listen(int linkIndex, ushort etherType, IReadOnlyList<byte[]> addresses)
    {
        // Nothing is received before the socket is bound.
        PacketFilter.PassNeighbors(_fd, addresses);
        Bind(linkIndex, etherType);
    }

    /// <summary>Starts receiving the replies of DHCP servers to one client: <see cref="PacketFilter"/>.</summary>
    /// <param name="linkIndex">The link's index.</param>
    /// <param name="mac">The client's MAC address, six bytes.</param>
    /// <exception cref="NetlinkException">The link doesn't exist or is down.</exception>
    public void ListenForDhcp(int linkIndex, ReadOnlySpan<byte> mac)
    {
        PacketFilter.PassDhcpReplies(_fd, mac);
        int one = 1;
        if (LibC.setsockopt(_fd.Value, LibC.SOL_PACKET, PACKET_AUXDATA, &one, sizeof(int)) < 0)
        {
            throw new NetlinkException("setsockopt(SOL_PACKET, PACKET_AUXDATA)", Errno.Last);
        }

        Bind(linkIndex, ETH_P_IP);
    }

    /// <summary>Also receives packets to a multicast group, as long as the socket is open.</summary>
    /// <exception cref="NetlinkException">The link doesn't exist.</exception>
    public void Join(int linkIndex, PhysicalAddress group)
    {
        packet_mreq membership = new() { mr_ifindex = linkIndex, mr_type = (ushort)LibC.PACKET_MR_MULTICAST, mr_alen = MacSize };
        group.GetAddressBytes().CopyTo(MemoryMarshal.CreateSpan(ref membership.mr_address[0], MacSize));
        if (LibC.setsockopt(_fd.Value, LibC.SOL_PACKET, LibC.PACKET_ADD_MEMBERSHIP, &membership, sizeof(packet_mreq)) >= 0) return;
        throw new NetlinkException("setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP)", Errno.Last);
    }

    /// <summary>Receives a packet without its link-layer header, and doesn't wait.</summary>
    /// <returns>
    /// The packet's length, at most the buffer's; 0 for a packet to another host; -1 if there is no packet.
    /// </returns>
    public int TryReceive(Span<byte> buffer) => TryReceive(buffer, out PhysicalAddress _);

    /// <summary>Does the same, and returns the packet's source MAC address.</summary>
    public int TryReceive(Span<byte> buffer, out PhysicalAddress source)
    {
        sockaddr_ll address;
        int received;
        fixed (byte* p = buffer)
        {
            socklen_t length = sizeof(sockaddr_ll);
            received = (int)LibC.recvfrom(_fd.Value, p, buffer.Length, LibC.MSG_DONTWAIT, (sockaddr*)&address, &length);
        }

        if (received > 0 && address.sll_pkttype == LibC.PACKET_OTHERHOST) received = 0;

        source = received < 0 ? PhysicalAddress.None : new(new ReadOnlySpan<byte>(address.sll_addr, MacSize).ToArray());
        return received;
    }

    /// <summary>Receives a packet without its link-layer header, and doesn't wait.</summary>
    /// <param name="buffer">Receives the packet, truncated to the buffer's length.</param>
    /// <param name="hasChecksum">False if the sender is on this host and left the checksum to the hardware.</param>
    /// <returns>The packet's length, at most the buffer's; -1 if there is no packet.</returns>
    public int TryReceive(Span<byte> buffer, out bool hasChecksum)
    {
        const int ControlSize = 64;
        byte* control = stackalloc byte[ControlSize];
        fixed (byte* p = buffer)
        {
            iovec vector = new() { iov_base = p, iov_len = buffer.Length };
            msghdr header = new() { msg_iov = &vector, msg_iovlen = 1, msg_control = control, msg_controllen = ControlSize };
            int received = (int)LibC.recvmsg(_fd.Value, &header, LibC.MSG_DONTWAIT);
            cmsghdr* beside = received < 0 ? null : LibC.CMSG_FIRSTHDR(&header);
            hasChecksum = beside is null || beside->cmsg_level != LibC.SOL_PACKET || beside->cmsg_type != PACKET_AUXDATA
                || (((tpacket_auxdata*)LibC.CMSG_DATA(beside))->tp_status & TP_STATUS_CSUMNOTREADY) == 0;
            return received;
        }
    }

    /// <summary>Waits until a packet arrives or the time is up.</summary>
    public void Wait(TimeSpan time) => _fd.WaitReadable(time);

    /// <summary>Sends a packet. The kernel adds the link-layer header.</summary>
    /// <exception cref="NetlinkException">The link doesn't exist or is down.</exception>
    public void Send(int linkIndex, ushort etherType, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet)
    {
        int errno = TrySend(linkIndex, etherType, destination, packet);
        if (errno != 0) throw new NetlinkException("sendto(AF_PACKET)", errno);
    }

    /// <summary>Does the same as <see cref="Send"/>, but doesn't throw.</summary>
    /// <returns>Zero, or the kernel's error number.</returns>
    public int TrySend(int linkIndex, ushort etherType, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet)
    {
        sockaddr_ll address = AddressOf(linkIndex, etherType);
        address.sll_halen = (byte)destination.Length;
        destination.CopyTo(MemoryMarshal.CreateSpan(ref address.sll_addr[0], 8));
        fixed (byte* p = packet)
        {
            ssize_t sent = LibC.sendto(_fd.Value, p, packet.Length, 0, (sockaddr*)&address, sizeof(sockaddr_ll));
            return sent < 0 ? Errno.Last : 0;
        }
    }

    public void Dispose() => _fd.Dispose();

    private void Bind(int linkIndex, ushort etherType)
    {
        sockaddr_ll address = AddressOf(linkIndex, etherType);
        if (LibC.bind(_fd.Value, (sockaddr*)&address, sizeof(sockaddr_ll)) < 0) throw new NetlinkException("bind(AF_PACKET)", Errno.Last);
    }

    private static sockaddr_ll AddressOf(int linkIndex, ushort etherType) => new()
    {
        sll_family = AF_PACKET,
        sll_protocol = BinaryPrimitives.ReverseEndianness(etherType),
        sll_ifindex = linkIndex,
    };
}
