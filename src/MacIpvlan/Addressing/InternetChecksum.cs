using System.Buffers.Binary;

namespace MacIpvlan.Addressing;

/// <summary>The checksum of the Internet's protocols (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>The checksum to put into a message whose own field is zero; zero of a message that has a right one.</summary>
    public static ushort Of(ReadOnlySpan<byte> message) => Fold(Sum(message));

    /// <summary>The same of an ICMPv6 message, with addresses, length and next header before it (RFC 4443 2.3).</summary>
    /// <param name="packet">The packet from its IPv6 header on, without extension headers.</param>
    public static ushort OfIcmpv6(ReadOnlySpan<byte> packet)
    {
        const int Addresses = 8;
        const int Icmpv6 = 58;
        return Fold(Sum(packet[Addresses..]) + Icmpv6 + (uint)(packet.Length - NeighborPacket.IPv6HeaderSize));
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
