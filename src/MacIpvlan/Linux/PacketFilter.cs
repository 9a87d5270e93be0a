using System.Buffers.Binary;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Linux;

/// <summary>
/// Filters that the kernel runs before it queues a packet (socket(7), SO_ATTACH_FILTER). Others on the wire and containers
/// send what they like, and a full queue would lose the answers. A filter only thins out: whoever receives checks again.
/// </summary>
internal static unsafe class PacketFilter
{
    // Jumps reach 255 instructions.
    private const int MaxAddresses = 100;
    private const int ArpSender = 14;
    private const int ArpTarget = 24;
    private const int NextHeader = 6;

    // The last four bytes of the target address, behind the IPv6 header.
    private const int DiscoveryTarget = 60;
    private const int IPv4Protocol = 9;
    private const int IPv4Fragment = 6;

    // 'chaddr', behind the UDP header.
    private const int DhcpHardwareAddress = 8 + 28;

    /// <summary>Passes ARP or ICMPv6 packets to this host that name one of the addresses.</summary>
    /// <param name="socket">A packet socket without link-layer headers.</param>
    /// <param name="addresses">The addresses in network order, all of one family.</param>
    /// <exception cref="NetlinkException">The kernel refused the filter.</exception>
    public static void PassNeighbors(FileDescriptor socket, IReadOnlyList<byte[]> addresses)
    {
        if (addresses.Count > MaxAddresses) return;
        bool isIPv4 = addresses[0].Length == 4;
        // Packets to other hosts are mostly those of VLANs that the link doesn't carry.
        List<sock_filter> program = [Load(BPF_LD_W_ABS, SKF_PKTTYPE), DropIf((uint)LibC.PACKET_OTHERHOST)];
        if (!isIPv4) program.AddRange(Load(BPF_LD_B_ABS, NextHeader), DropUnless(IPPROTO_ICMPV6));
        foreach (uint offset in (uint[])(isIPv4 ? [ArpSender, ArpTarget] : [DiscoveryTarget]))
        {
            program.Add(Load(BPF_LD_W_ABS, offset));
            foreach (byte[] address in addresses) program.Add(PassIf(BinaryPrimitives.ReadUInt32BigEndian(address.AsSpan(address.Length - 4))));
        }

        Attach(socket, Assemble(program, passes: false));
    }

    /// <summary>Passes everything but the replies to the echo requests of others.</summary>
    /// <param name="socket">A raw socket for ICMP or ICMPv6.</param>
    /// <param name="isIPv4">Whether it receives the IP header.</param>
    /// <param name="id">The identifier of the own requests.</param>
    /// <exception cref="NetlinkException">The kernel refused the filter.</exception>
    public static void PassReplies(FileDescriptor socket, bool isIPv4, ushort id) => Attach(
        socket,
        Assemble(
            [
                isIPv4 ? Load(BPF_LDX_MSH, 0) : Load(BPF_LDX_IMM, 0),
                Load(BPF_LD_B_IND, 0),
                PassUnless(isIPv4 ? 0u : 129u),
                Load(BPF_LD_H_IND, 4),
                DropUnless(id),
            ],
            passes: true));

    /// <summary>Passes the DHCP replies to one client: UDP from port 67 to port 68, unfragmented, with its MAC address.</summary>
    /// <param name="socket">A packet socket without link-layer headers.</param>
    /// <param name="mac">The client's MAC address, six bytes.</param>
    /// <exception cref="NetlinkException">The kernel refused the filter.</exception>
    public static void PassDhcpReplies(FileDescriptor socket, ReadOnlySpan<byte> mac) => Attach(socket, DhcpReplies(mac));

    /// <summary>The program of <see cref="PassDhcpReplies"/>.</summary>
    internal static sock_filter[] DhcpReplies(ReadOnlySpan<byte> mac) => Assemble(
        [
            Load(BPF_LD_W_ABS, SKF_PKTTYPE),
            DropIf((uint)LibC.PACKET_OTHERHOST),
            Load(BPF_LD_B_ABS, IPv4Protocol),
            DropUnless(IPPROTO_UDP),
            Load(BPF_LD_H_ABS, IPv4Fragment),
            DropIfAny(0x3fff),
            // From here on, offsets count from the end of the IPv4 header.
            Load(BPF_LDX_MSH, 0),
            Load(BPF_LD_W_IND, 0),
            DropUnless((67 << 16) | 68),
            Load(BPF_LD_W_IND, DhcpHardwareAddress),
            DropUnless(BinaryPrimitives.ReadUInt32BigEndian(mac)),
            Load(BPF_LD_H_IND, DhcpHardwareAddress + 4),
            DropUnless(BinaryPrimitives.ReadUInt16BigEndian(mac[4..])),
        ],
        passes: true);

    private static sock_filter Load(ushort code, uint k) => new() { code = code, k = k };

    // The jumps are filled in by Assemble: 1 to drop, 2 to pass, 0 to the next instruction.
    private static sock_filter DropIf(uint k) => new() { code = BPF_JEQ, jt = 1, k = k };

    private static sock_filter DropUnless(uint k) => new() { code = BPF_JEQ, jf = 1, k = k };

    private static sock_filter DropIfAny(uint bits) => new() { code = BPF_JSET, jt = 1, k = bits };

    private static sock_filter PassIf(uint k) => new() { code = BPF_JEQ, jt = 2, k = k };

    private static sock_filter PassUnless(uint k) => new() { code = BPF_JEQ, jf = 2, k = k };

    private static sock_filter[] Assemble(List<sock_filter> program, bool passes)
    {
        int end = program.Count;
        // The instruction after the last one is the outcome of what jumps nowhere.
        int drop = passes ? end + 1 : end, pass = passes ? end : end + 1;
        return [.. program.Select((f, i) => f with { jt = Jump(f.jt, i), jf = Jump(f.jf, i) }), Return(passes), Return(!passes)];

        byte Jump(byte to, int at) => to == 0 ? (byte)0 : (byte)((to == 1 ? drop : pass) - at - 1);
    }

    private static void Attach(FileDescriptor socket, sock_filter[] filter)
    {
        fixed (sock_filter* first = filter)
        {
            sock_fprog argument = new() { len = (ushort)filter.Length, filter = first };
            if (LibC.setsockopt(socket.Value, LibC.SOL_SOCKET, LibC.SO_ATTACH_FILTER, &argument, sizeof(sock_fprog)) >= 0) return;
        }

        throw new NetlinkException("setsockopt(SOL_SOCKET, SO_ATTACH_FILTER)", Errno.Last);
    }

    private static sock_filter Return(bool passes) => new() { code = BPF_RET, k = passes ? uint.MaxValue : 0 };
}
