using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>
/// Builds the packets that ask on a link which station has an address, and parses the answers: ARP (RFC 826) and
/// neighbor discovery (RFC 4861), without a link-layer header.
/// </summary>
public static class NeighborPacket
{
    internal const int IPv6HeaderSize = 40;
    private const int ArpSize = 28;
    private const int MacSize = 6;
    private const byte Icmpv6 = 58;
    private const byte Solicitation = 135;
    private const byte Advertisement = 136;
    private const byte ArpRequestCode = 1;
    private const byte ArpReply = 2;
    private const byte TargetLinkLayerAddress = 2;

    // Four bytes of header, four bytes of flags, and the target address.
    private const int FixedSize = 24;
    private const int OptionUnit = 8;

    // Ethernet and IPv4, with address lengths 6 and 4.
    private static readonly byte[] s_arpHeader = [0, 1, 8, 0, 6, 4, 0];

    private static readonly PhysicalAddress s_broadcast = new([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

    // ff02::1:ff00:0/104 (RFC 4291 2.7.1).
    private static readonly byte[] s_solicitedNode = [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff];

    /// <summary>An ARP request, which the caller broadcasts.</summary>
    /// <param name="senderMac">The MAC address of the sending link, six bytes.</param>
    /// <param name="sender">The link's IPv4 address; 0.0.0.0 for a probe (RFC 5227 2.1.1).</param>
    /// <param name="target">The address to resolve.</param>
    public static byte[] ArpRequest(PhysicalAddress senderMac, AddressValue sender, AddressValue target)
    {
        byte[] packet = new byte[ArpSize];
        s_arpHeader.CopyTo(packet, 0);
        packet[7] = ArpRequestCode;
        senderMac.GetAddressBytes().CopyTo(packet, 8);
        sender.ToBytes().CopyTo(packet, 14);
        // The target's MAC address is unknown, so it stays zero.
        target.ToBytes().CopyTo(packet, 24);
        return packet;
    }

    /// <summary>
    /// A neighbor solicitation (RFC 4861 4.3), which the caller sends to <see cref="SolicitationMac"/>.
    /// </summary>
    /// <param name="senderMac">The MAC address of the sending link, six bytes.</param>
    /// <param name="sender">
    /// The link's IPv6 address; :: for a probe, which omits the MAC address (RFC 4862 5.4.2).
    /// </param>
    /// <param name="target">The address to resolve.</param>
    public static byte[] NeighborSolicitation(PhysicalAddress senderMac, AddressValue sender, AddressValue target)
    {
        bool isProbe = sender.IsUnspecified;
        int length = FixedSize + (isProbe ? 0 : OptionUnit);
        byte[] packet = new byte[IPv6HeaderSize + length];
        packet[0] = 0x60;
        packet[5] = (byte)length;
        packet[6] = Icmpv6;
        // Receivers drop packets with a lower hop limit, which a router could have forwarded (RFC 4861 7.1.1).
        packet[7] = 255;
        byte[] address = target.ToBytes();
        sender.ToBytes().CopyTo(packet, 8);
        s_solicitedNode.CopyTo(packet, 24);
        address.AsSpan(13).CopyTo(packet.AsSpan(37));
        Span<byte> solicitation = packet.AsSpan(IPv6HeaderSize);
        solicitation[0] = Solicitation;
        address.CopyTo(solicitation[8..]);
        if (!isProbe)
        {
            // Option: source link-layer address, one unit of eight bytes.
            solicitation[24] = 1;
            solicitation[25] = 1;
            senderMac.GetAddressBytes().CopyTo(solicitation[26..]);
        }

        BinaryPrimitives.WriteUInt16BigEndian(solicitation[2..], InternetChecksum.OfIcmpv6(packet));
        return packet;
    }

    /// <summary>The request for the address's family: an ARP request or a neighbor solicitation.</summary>
    internal static byte[] Question(PhysicalAddress senderMac, AddressValue sender, AddressValue target) =>
        target.Family == AddressFamily.InterNetwork
            ? ArpRequest(senderMac, sender, target)
            : NeighborSolicitation(senderMac, sender, target);

    /// <summary>
    /// The MAC address to send the request to: broadcast for ARP, a multicast group for a solicitation.
    /// </summary>
    internal static PhysicalAddress QuestionMac(AddressValue target) =>
        target.Family == AddressFamily.InterNetwork ? s_broadcast : SolicitationMac(target);

    /// <summary>The multicast MAC address to send a solicitation to (RFC 2464 7).</summary>
    public static PhysicalAddress SolicitationMac(AddressValue target) => new([0x33, 0x33, 0xff, .. target.ToBytes()[13..]]);

    /// <summary>Parses the answer to one of these requests: an ARP reply or a neighbor advertisement.</summary>
    /// <param name="packet">The received packet, which isn't trusted.</param>
    /// <param name="target">The requested address; its family selects the protocol.</param>
    /// <param name="mac">The MAC address in the answer.</param>
    /// <returns>False for any other packet.</returns>
    public static bool TryReadAnswer(ReadOnlySpan<byte> packet, AddressValue target, out PhysicalAddress mac)
    {
        ReadOnlySpan<byte> named = target.Family == AddressFamily.InterNetwork
            ? ReadArpReply(packet, target.ToBytes())
            : ReadAdvertisement(packet, target.ToBytes());
        mac = new(named.ToArray());
        return named.Length == MacSize;
    }

    /// <summary>
    /// Parses a packet that shows that another station has an address or is about to use it: any ARP packet from the
    /// address, an ARP probe for it (RFC 5227 2.1.1), an advertisement of it, or a solicitation for it from :: (RFC
    /// 4862 5.4.3, 5.4.4).
    /// </summary>
    /// <param name="packet">The received packet, which isn't trusted.</param>
    /// <param name="target">The probed address; its family selects the protocol.</param>
    /// <param name="source">The frame's source MAC address.</param>
    /// <param name="mac">The other station's MAC address.</param>
    /// <returns>False for any other packet.</returns>
    public static bool TryReadConflict(
        ReadOnlySpan<byte> packet, AddressValue target, PhysicalAddress source, out PhysicalAddress mac)
    {
        // A solicitation, or an advertisement without the option, identifies its sender only by the frame's source.
        mac = source;
        if (target.Family == AddressFamily.InterNetwork)
        {
            if (!IsArpConflict(packet, target.ToBytes())) return false;
            mac = new(packet.Slice(8, MacSize).ToArray());
            return true;
        }

        if (!TryReadDiscovery(packet, target.ToBytes(), out byte type, out ReadOnlySpan<byte> options)) return false;
        if (type == Solicitation) return !packet.Slice(8, 16).ContainsAnyExcept((byte)0);
        ReadOnlySpan<byte> named = FindOption(options);
        if (named.Length == MacSize) mac = new(named.ToArray());
        return type == Advertisement;
    }

    private static bool IsArpConflict(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> target)
    {
        if (packet.Length < ArpSize || !packet.StartsWith(s_arpHeader)) return false;
        if (packet[7] is not (ArpRequestCode or ArpReply)) return false;
        ReadOnlySpan<byte> sender = packet.Slice(14, target.Length);
        bool isProbe = packet[7] == ArpRequestCode && !sender.ContainsAnyExcept((byte)0);
        return sender.SequenceEqual(target) || (isProbe && packet.Slice(24, target.Length).SequenceEqual(target));
    }

    private static ReadOnlySpan<byte> ReadArpReply(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> target)
    {
        // Short frames are padded on the wire.
        bool isAnswer = packet.Length >= ArpSize && packet.StartsWith(s_arpHeader) && packet[7] == ArpReply
            && packet.Slice(14, target.Length).SequenceEqual(target);
        return isAnswer ? packet.Slice(8, MacSize) : default;
    }

    private static ReadOnlySpan<byte> ReadAdvertisement(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> target) =>
        TryReadDiscovery(packet, target, out byte type, out ReadOnlySpan<byte> options) && type == Advertisement
            ? FindOption(options)
            : default;

    // Accepts a solicitation or an advertisement of the target that passes the checks of RFC 4861 7.1.1 and 7.1.2.
    private static bool TryReadDiscovery(
        ReadOnlySpan<byte> packet, ReadOnlySpan<byte> target, out byte type, out ReadOnlySpan<byte> options)
    {
        const int Multicast = 0xff;
        type = 0;
        options = default;
        if (packet.Length < IPv6HeaderSize + FixedSize || packet[0] >> 4 != 6 || packet[6] != Icmpv6) return false;
        int end = IPv6HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        if (end < IPv6HeaderSize + FixedSize || end > packet.Length) return false;
        packet = packet[..end];
        ReadOnlySpan<byte> message = packet[IPv6HeaderSize..];
        type = message[0];
        options = message[FixedSize..];
        // A sender's address is never multicast.
        return packet[7] == 255 && packet[8] != Multicast && type is Solicitation or Advertisement && message[1] == 0
            && message.Slice(8, target.Length).SequenceEqual(target) && InternetChecksum.OfIcmpv6(packet) == 0;
    }

    private static ReadOnlySpan<byte> FindOption(ReadOnlySpan<byte> options)
    {
        while (options.Length >= OptionUnit)
        {
            int size = options[1] * OptionUnit;
            if (size == 0 || size > options.Length) return default;
            if (options[0] == TargetLinkLayerAddress && size == OptionUnit) return options.Slice(2, MacSize);
            options = options[size..];
        }

        return default;
    }
}
