using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>Sends and receives packets on links, in the namespace of the thread that opens it (packet(7)).</summary>
/// <remarks>The kernel takes 10 ms and more to close one, so none is opened where someone waits.</remarks>
internal sealed unsafe class PacketSocket : IDisposable
{
    private const int MacSize = 6;
    private readonly FileDescriptor _fd;

    /// <summary>Opens a socket that receives nothing.</summary>
    /// <exception cref="NetlinkException">The process lacks CAP_NET_RAW.</exception>
    public PacketSocket()
    {
        int fd = LibC.socket(LibC.AF_PACKET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            throw new NetlinkException(
                "socket(AF_PACKET)", Errno.Last, privilege: "CAP_NET_RAW in the user namespace that owns the network namespace");
        }

        _fd = new FileDescriptor(fd);
    }

    /// <summary>Opens a socket that receives packets of one protocol on one link.</summary>
    /// <exception cref="NetlinkException">The process lacks CAP_NET_RAW, or the link is gone or down.</exception>
    public PacketSocket(int linkIndex, ushort etherType) : this()
    {
        sockaddr_ll address = Address(linkIndex, etherType);
        if (LibC.bind(_fd.Value, (sockaddr*)&address, sizeof(sockaddr_ll)) >= 0) return;
        int errno = Errno.Last;
        Dispose();
        throw new NetlinkException("bind(AF_PACKET)", errno);
    }

    /// <summary>Receives also what is sent to a group on a link, as long as the socket is open.</summary>
    /// <exception cref="NetlinkException">The link is gone.</exception>
    public void Join(int linkIndex, PhysicalAddress group)
    {
        packet_mreq membership = new() { mr_ifindex = linkIndex, mr_type = (ushort)LibC.PACKET_MR_MULTICAST, mr_alen = MacSize };
        group.GetAddressBytes().CopyTo(MemoryMarshal.CreateSpan(ref membership.mr_address[0], MacSize));
        if (LibC.setsockopt(_fd.Value, LibC.SOL_PACKET, LibC.PACKET_ADD_MEMBERSHIP, &membership, sizeof(packet_mreq)) >= 0) return;
        throw new NetlinkException("setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP)", Errno.Last);
    }

    /// <summary>Sends a packet; the kernel puts the link-layer header before it.</summary>
    /// <exception cref="NetlinkException">The link is gone or down.</exception>
    public void Send(int linkIndex, ushort etherType, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet)
    {
        sockaddr_ll address = Address(linkIndex, etherType);
        address.sll_halen = (byte)destination.Length;
        destination.CopyTo(MemoryMarshal.CreateSpan(ref address.sll_addr[0], 8));
        fixed (byte* p = packet)
        {
            ssize_t sent = LibC.sendto(_fd.Value, p, packet.Length, 0, (sockaddr*)&address, sizeof(sockaddr_ll));
            if (sent < 0) throw new NetlinkException("sendto(AF_PACKET)", Errno.Last);
        }
    }

    /// <summary>Takes a packet that has come, if one has.</summary>
    /// <param name="buffer">Where to; what does not fit is cut off.</param>
    /// <param name="source">The MAC address that it came from.</param>
    /// <returns>How many bytes; -1 when none is there.</returns>
    /// <exception cref="NetlinkException">The link is gone or down.</exception>
    public int TryReceive(Span<byte> buffer, out PhysicalAddress source)
    {
        sockaddr_ll address;
        while (true)
        {
            socklen_t length = sizeof(sockaddr_ll);
            ssize_t received;
            fixed (byte* p = buffer)
            {
                received = LibC.recvfrom(_fd.Value, p, buffer.Length, LibC.MSG_DONTWAIT, (sockaddr*)&address, &length);
            }

            int errno = received < 0 ? Errno.Last : 0;
            source = new(new ReadOnlySpan<byte>(address.sll_addr, MacSize).ToArray());
            if (errno == Errno.EAGAIN) return -1;
            if (errno is not (0 or Errno.EINTR)) throw new NetlinkException("recvfrom(AF_PACKET)", errno);
            // The kernel shows packets of VLANs that the link does not carry too, as for others.
            if (errno == 0 && address.sll_pkttype != LibC.PACKET_OTHERHOST) return (int)received;
        }
    }

    public void Dispose() => _fd.Dispose();

    private static sockaddr_ll Address(int linkIndex, ushort etherType) => new()
    {
        sll_family = AF_PACKET,
        sll_protocol = BinaryPrimitives.ReverseEndianness(etherType),
        sll_ifindex = linkIndex,
    };
}
