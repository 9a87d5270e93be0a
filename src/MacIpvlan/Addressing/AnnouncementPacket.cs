using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>
/// Builds the packets that announce an address's MAC address to a link's neighbors, without a link-layer header.
/// </summary>
public static class AnnouncementPacket
{
    private const int AdvertisementSize = 32;
    private const byte Icmpv6 = 58;

    // ff02::1, all nodes on the link (RFC 4291 2.7.1).
    private static readonly byte[] s_allNodes = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>
    /// A gratuitous ARP request (RFC 5227 2.3), or an unsolicited neighbor advertisement (RFC 4861 7.2.6).
    /// </summary>
    /// <param name="address">The address.</param>
    /// <param name="mac">The address's MAC address, six bytes.</param>
    public static byte[] For(AddressValue address, PhysicalAddress mac) => address.Family == AddressFamily.InterNetwork
        ? NeighborPacket.ArpRequest(mac, address, address)
        : UnsolicitedAdvertisement(address.ToBytes(), mac.GetAddressBytes());

    private static byte[] UnsolicitedAdvertisement(byte[] address, byte[] mac)
    {
        byte[] packet = new byte[NeighborPacket.IPv6HeaderSize + AdvertisementSize];
        packet[0] = 0x60;
        packet[5] = AdvertisementSize;
        packet[6] = Icmpv6;
        // Receivers drop advertisements with a lower hop limit, which a router could have forwarded (RFC 4861 7.1.2).
        packet[7] = 255;
        address.CopyTo(packet, 8);
        s_allNodes.CopyTo(packet, 24);
        Span<byte> advertisement = packet.AsSpan(NeighborPacket.IPv6HeaderSize);
        advertisement[0] = 136;
        // Override: neighbors replace their cached entry.
        advertisement[4] = 0x20;
        address.CopyTo(advertisement[8..]);
        // Option: target link-layer address, one unit of eight bytes.
        advertisement[24] = 2;
        advertisement[25] = 1;
        mac.CopyTo(advertisement[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(advertisement[2..], InternetChecksum.OfIcmpv6(packet));
        return packet;
    }
}
