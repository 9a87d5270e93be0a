using System.Runtime.CompilerServices;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Netlink;

/// <summary>
/// What went through a link since it was created, from the view of its own namespace (struct rtnl_link_stats64 in
/// linux/if_link.h). What links on a parent don't count, such as errors of hardware, is left out.
/// </summary>
public sealed record LinkStatistics
{
    /// <summary>Bytes received, with Ethernet headers.</summary>
    public required ulong ReceivedBytes { get; init; }

    /// <summary>Packets received.</summary>
    public required ulong ReceivedPackets { get; init; }

    /// <summary>Multicasts among the received packets. Macvlan and ipvlan links count broadcasts as multicasts.</summary>
    public required ulong ReceivedMulticastPackets { get; init; }

    /// <summary>Packets that came in and were discarded.</summary>
    public required ulong ReceivedDiscardedPackets { get; init; }

    /// <summary>Packets that couldn't be received. Macvlan and ipvlan links also count them as discarded.</summary>
    public required ulong ReceivedPacketErrors { get; init; }

    /// <summary>Bytes sent, with Ethernet headers.</summary>
    public required ulong SentBytes { get; init; }

    /// <summary>Packets sent.</summary>
    public required ulong SentPackets { get; init; }

    /// <summary>Packets that the link discarded instead of sending them.</summary>
    public required ulong OutboundDiscardedPackets { get; init; }

    /// <summary>Packets that couldn't be sent.</summary>
    public required ulong OutboundPacketErrors { get; init; }

    /// <summary>Reads IFLA_STATS64. Newer kernels add numbers at its end.</summary>
    /// <exception cref="NetlinkException">EBADMSG: it's too short.</exception>
    internal static LinkStatistics Parse(ReadOnlySpan<byte> value)
    {
        if (value.Length < Unsafe.SizeOf<rtnl_link_stats64>()) throw MessageReader.Malformed();
        rtnl_link_stats64 counted = RawStruct.Read<rtnl_link_stats64>(value);
        return new()
        {
            ReceivedBytes = counted.rx_bytes,
            ReceivedPackets = counted.rx_packets,
            ReceivedMulticastPackets = counted.multicast,
            ReceivedDiscardedPackets = counted.rx_dropped,
            ReceivedPacketErrors = counted.rx_errors,
            SentBytes = counted.tx_bytes,
            SentPackets = counted.tx_packets,
            OutboundDiscardedPackets = counted.tx_dropped,
            OutboundPacketErrors = counted.tx_errors,
        };
    }
}
