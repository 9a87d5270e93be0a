using System.Buffers.Binary;

namespace MacIpvlan.Addressing;

/// <summary>The Internet checksum (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>
    /// Computes the checksum of a message whose checksum field is zero. Returns zero for a message with a correct
    /// checksum.
    /// </summary>
    public static ushort Of(ReadOnlySpan<byte> message) => Fold(Sum(message));

    /// <summary>
    /// Does the same for an ICMPv6 message, with a pseudo-header of addresses, length and next header (RFC 4443 2.3).
    /// </summary>
    /// <param name="packet">The packet, beginning with its IPv6 header, without extension headers.</param>
    public static ushort OfIcmpv6(ReadOnlySpan<byte> packet)
    {
        const int Addresses = 8;
        const int Icmpv6 = 58;
        return Fold(Sum(packet[Addresses..]) + Icmpv6 + (uint)(packet.Length - NeighborPacket.IPv6HeaderSize));
    }

    /// <summary>Does the same for a UDP packet over IPv4, with a pseudo-header (RFC 768).</summary>
    /// <param name="addresses">The source and destination addresses, 8 bytes.</param>
    /// <param name="udp">The packet, beginning with its UDP header.</param>
    public static ushort OfUdp(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> udp)
    {
        const int Udp = 17;
        return Fold(Sum(addresses) + Sum(udp) + Udp + (uint)udp.Length);
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        int even = bytes.Length & ~1;
        for (int i = 0; i < even; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        return even == bytes.Length ? sum : sum + (uint)(bytes[even] << 8);
    }

    private static ushort Fold(uint sum)
    {
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
