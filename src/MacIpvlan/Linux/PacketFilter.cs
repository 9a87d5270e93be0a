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

        Attach(socket, program, passes: false);
    }

    /// <summary>Passes everything but the replies to the echo requests of others.</summary>
    /// <param name="socket">A raw socket for ICMP or ICMPv6.</param>
    /// <param name="isIPv4">Whether it receives the IP header.</param>
    /// <param name="id">The identifier of the own requests.</param>
    /// <exception cref="NetlinkException">The kernel refused the filter.</exception>
    public static void PassReplies(FileDescriptor socket, bool isIPv4, ushort id) => Attach(
        socket,
        [
            isIPv4 ? Load(BPF_LDX_MSH, 0) : Load(BPF_LDX_IMM, 0),
            Load(BPF_LD_B_IND, 0),
            PassUnless(isIPv4 ? 0u : 129u),
            Load(BPF_LD_H_IND, 4),
            DropUnless(id),
        ],
        passes: true);

    private static sock_filter Load(ushort code, uint k) => new() { code = code, k = k };

    // The jumps are filled in by Attach: 1 to drop, 2 to pass, 0 to the next instruction.
    private static sock_filter DropIf(uint k) => new() { code = BPF_JEQ, jt = 1, k = k };

    private static sock_filter DropUnless(uint k) => new() { code = BPF_JEQ, jf = 1, k = k };

    private static sock_filter PassIf(uint k) => new() { code = BPF_JEQ, jt = 2, k = k };

    private static sock_filter PassUnless(uint k) => new() { code = BPF_JEQ, jf = 2, k = k };

    private static void Attach(FileDescriptor socket, List<sock_filter> program, bool passes)
    {
        int end = program.Count;
        // The instruction after the last one is the outcome of what jumps nowhere.
        int drop = passes ? end + 1 : end, pass = passes ? end : end + 1;
        sock_filter[] filter = [.. program.Select((f, i) => f with { jt = Jump(f.jt, i), jf = Jump(f.jf, i) }), Return(passes), Return(!passes)];
        fixed (sock_filter* first = filter)
        {
            sock_fprog argument = new() { len = (ushort)filter.Length, filter = first };
            if (LibC.setsockopt(socket.Value, LibC.SOL_SOCKET, LibC.SO_ATTACH_FILTER, &argument, sizeof(sock_fprog)) >= 0) return;
        }

        throw new NetlinkException("setsockopt(SOL_SOCKET, SO_ATTACH_FILTER)", Errno.Last);

        byte Jump(byte to, int at) => to == 0 ? (byte)0 : (byte)((to == 1 ? drop : pass) - at - 1);
    }

    private static sock_filter Return(bool passes) => new() { code = BPF_RET, k = passes ? uint.MaxValue : 0 };
}
