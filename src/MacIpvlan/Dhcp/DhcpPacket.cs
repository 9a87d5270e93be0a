using System.Buffers.Binary;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>
/// The IPv4 (RFC 791) and UDP (RFC 768) headers around a <see cref="DhcpMessage"/>, as a packet socket of type SOCK_DGRAM
/// sends and receives them.
/// </summary>
/// <remarks>
/// A client without an address needs a packet socket: a UDP socket can neither send from 0.0.0.0 nor receive for an address
/// that isn't on the link yet. With SOCK_DGRAM the kernel writes the link-layer header and removes it, so VLAN tags and
/// links without one make no difference.
/// </remarks>
public static class DhcpPacket
{
    /// <summary>The size of the headers that <see cref="Build"/> writes, in bytes.</summary>
    public const int HeadersSize = IPv4Header.Size + UdpSize;

    private const int UdpSize = 8;
    private const byte Udp = 17;
    private const byte TimeToLive = 64;
    private const ushort ServerPort = 67;
    private const ushort ClientPort = 68;

    // More fragments, and the offset of a fragment.
    private const ushort FragmentBits = 0x3fff;

    /// <summary>0.0.0.0, the source of a client without an address.</summary>
    public static AddressValue AnyAddress { get; } = AddressValue.Unspecified(AddressFamily.InterNetwork);

    /// <summary>255.255.255.255, all stations on the link.</summary>
    public static AddressValue BroadcastAddress { get; } = AnyAddress.Highest(0);

    /// <summary>Builds the packet of a client, from port 68 to port 67.</summary>
    /// <param name="message">The message: <see cref="DhcpMessage.Write"/>.</param>
    /// <param name="source">The leased address, or <see cref="AnyAddress"/>.</param>
    /// <param name="destination">The server's address, or <see cref="BroadcastAddress"/>.</param>
    public static byte[] Build(ReadOnlySpan<byte> message, AddressValue source, AddressValue destination)
    {
        byte[] packet = new byte[HeadersSize + message.Length];
        Span<byte> header = packet.AsSpan(0, IPv4Header.Size), udp = packet.AsSpan(IPv4Header.Size);
        header[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)packet.Length);
        (header[8], header[9]) = (TimeToLive, Udp);
        source.ToBytes().CopyTo(header[12..]);
        destination.ToBytes().CopyTo(header[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Of(header));
        BinaryPrimitives.WriteUInt16BigEndian(udp, ClientPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], ServerPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        message.CopyTo(udp[UdpSize..]);
        ushort checksum = InternetChecksum.OfUdp(header[12..20], udp);
        // Zero would say that there is no checksum.
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? ushort.MaxValue : checksum);
        return packet;
    }

    /// <summary>Finds the message in a packet of a server, from port 67 to port 68.</summary>
    /// <param name="packet">The received packet, beginning with its IPv4 header; it isn't trusted and can be padded.</param>
    /// <param name="hasChecksum">
    /// False if the kernel says that the checksum isn't computed yet: TP_STATUS_CSUMNOTREADY in PACKET_AUXDATA (packet(7)).
    /// Virtual links leave that to the hardware, which a packet between two containers never reaches.
    /// </param>
    /// <param name="message">The message in the packet.</param>
    /// <returns>
    /// False if the packet is another one, malformed, a fragment, or has a wrong checksum. A UDP packet without a checksum
    /// is accepted.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, bool hasChecksum, out ReadOnlySpan<byte> message)
    {
        message = default;
        if (!IPv4Header.TrySkip(packet, Udp, out ReadOnlySpan<byte> payload)) return false;
        int headerSize = packet.Length - payload.Length, size = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (size < headerSize + UdpSize || size > packet.Length) return false;
        if ((BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & FragmentBits) != 0) return false;
        if (InternetChecksum.Of(packet[..headerSize]) != 0) return false;
        ReadOnlySpan<byte> udp = packet[headerSize..size];
        if (BinaryPrimitives.ReadUInt16BigEndian(udp) != ServerPort || BinaryPrimitives.ReadUInt16BigEndian(udp[2..]) != ClientPort) return false;
        int udpSize = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        if (udpSize < UdpSize || udpSize > udp.Length) return false;
        udp = udp[..udpSize];
        bool isChecked = hasChecksum && BinaryPrimitives.ReadUInt16BigEndian(udp[6..]) != 0;
        if (isChecked && InternetChecksum.OfUdp(packet[12..20], udp) != 0) return false;
        message = udp[UdpSize..];
        return true;
    }
}
