using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>The packets that tell a link's neighbours which MAC address an address has, without a link-layer header.</summary>
public static class AnnouncementPacket
{
    private const int AdvertisementSize = 32;
    private const byte Icmpv6 = 58;

    // ff02::1, all nodes on the link (RFC 4291 2.7.1).
    private static readonly byte[] s_allNodes = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>A gratuitous ARP request (RFC 5227 2.3), or an unsolicited neighbour advertisement (RFC 4861 7.2.6).</summary>
    /// <param name="address">The address.</param>
    /// <param name="mac">The MAC address that it has, six bytes.</param>
    public static byte[] For(AddressValue address, PhysicalAddress mac) => address.Family == AddressFamily.InterNetwork
        ? NeighborPacket.ArpRequest(mac, address, address)
        : UnsolicitedAdvertisement(address.ToBytes(), mac.GetAddressBytes());

    private static byte[] UnsolicitedAdvertisement(byte[] address, byte[] mac)
    {
        byte[] packet = new byte[NeighborPacket.IPv6HeaderSize + AdvertisementSize];
        packet[0] = 0x60;
        packet[5] = AdvertisementSize;
        packet[6] = Icmpv6;
        // Receivers drop advertisements that a router may have passed on (RFC 4861 7.1.2).
        packet[7] = 255;
        address.CopyTo(packet, 8);
        s_allNodes.CopyTo(packet, 24);
        Span<byte> advertisement = packet.AsSpan(NeighborPacket.IPv6HeaderSize);
        advertisement[0] = 136;
        // Override: neighbours shall replace what they remember.
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
