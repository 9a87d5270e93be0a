using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>The packets that tell a link's neighbours which MAC address an address has, without a link-layer header.</summary>
public static class AnnouncementPacket
{
    private const int ArpSize = 28;
    private const int IPv6HeaderSize = 40;
    private const int AdvertisementSize = 32;
    private const byte Icmpv6 = 58;

    // ff02::1, all nodes on the link (RFC 4291 2.7.1).
    private static readonly byte[] s_allNodes = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>A gratuitous ARP request (RFC 5227 2.3), or an unsolicited neighbour advertisement (RFC 4861 7.2.6).</summary>
    /// <param name="address">The address.</param>
    /// <param name="mac">The MAC address that it has, six bytes.</param>
    public static byte[] For(AddressValue address, PhysicalAddress mac) => address.Family == AddressFamily.InterNetwork
        ? GratuitousArp(address.ToBytes(), mac.GetAddressBytes())
        : UnsolicitedAdvertisement(address.ToBytes(), mac.GetAddressBytes());

    private static byte[] GratuitousArp(byte[] address, byte[] mac)
    {
        byte[] packet = new byte[ArpSize];
        // Ethernet, IPv4, lengths 6 and 4, request (RFC 826).
        ((ReadOnlySpan<byte>)[0, 1, 8, 0, 6, 4, 0, 1]).CopyTo(packet);
        mac.CopyTo(packet, 8);
        address.CopyTo(packet, 14);
        // The target's MAC address stays zero.
        address.CopyTo(packet, 24);
        return packet;
    }

    private static byte[] UnsolicitedAdvertisement(byte[] address, byte[] mac)
    {
        byte[] packet = new byte[IPv6HeaderSize + AdvertisementSize];
        packet[0] = 0x60;
        packet[5] = AdvertisementSize;
        packet[6] = Icmpv6;
        // Receivers drop advertisements that a router may have passed on (RFC 4861 7.1.2).
        packet[7] = 255;
        address.CopyTo(packet, 8);
        s_allNodes.CopyTo(packet, 24);
        Span<byte> advertisement = packet.AsSpan(IPv6HeaderSize);
        advertisement[0] = 136;
        // Override: neighbours shall replace what they remember.
        advertisement[4] = 0x20;
        address.CopyTo(advertisement[8..]);
        // Option: target link-layer address, one unit of eight bytes.
        advertisement[24] = 2;
        advertisement[25] = 1;
        mac.CopyTo(advertisement[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(advertisement[2..], Checksum(packet));
        return packet;
    }

    // RFC 4443 2.3: over addresses, length and next header, then the message.
    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        uint sum = AdvertisementSize + Icmpv6;
        for (int i = 8; i < packet.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
