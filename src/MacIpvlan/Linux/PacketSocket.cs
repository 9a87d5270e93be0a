using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>Sends link-layer frames in the namespace of the thread that opens it (packet(7)); receives none.</summary>
/// <remarks>The kernel takes 10 ms and more to close one, so none is opened where someone waits.</remarks>
internal sealed unsafe class PacketSocket : IDisposable
{
    private readonly FileDescriptor _fd;

    public PacketSocket()
    {
        int fd = LibC.socket(LibC.AF_PACKET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) throw new NetlinkException("socket(AF_PACKET)", Errno.Last);
        _fd = new FileDescriptor(fd);
    }

    /// <summary>Sends a packet; the kernel puts the link-layer header before it.</summary>
    /// <exception cref="NetlinkException">The link is gone or down.</exception>
    public void Send(int linkIndex, ushort etherType, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> packet)
    {
        sockaddr_ll address = new()
        {
            sll_family = AF_PACKET,
            sll_protocol = BinaryPrimitives.ReverseEndianness(etherType),
            sll_ifindex = linkIndex,
            sll_halen = (byte)destination.Length,
        };
        destination.CopyTo(MemoryMarshal.CreateSpan(ref address.sll_addr[0], 8));
        fixed (byte* p = packet)
        {
            ssize_t sent = LibC.sendto(_fd.Value, p, packet.Length, 0, (sockaddr*)&address, sizeof(sockaddr_ll));
            if (sent < 0) throw new NetlinkException("sendto(AF_PACKET)", Errno.Last);
        }
    }

    public void Dispose() => _fd.Dispose();
}
