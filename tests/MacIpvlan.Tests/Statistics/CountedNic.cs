using System.Diagnostics;
using System.Net.NetworkInformation;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Statistics;

/// <summary>NICs with counters, as a look at them gives.</summary>
internal static class CountedNic
{
    public const string Id = "0123456789abcdef";

    private static readonly NetworkRecord s_network = new()
    {
        Id = new('0', 64), Name = "lan", NicKind = new MacvlanLink(MacvlanMode.Bridge), Parent = "eth0", Subnets = [],
    };

    public static NicRecord Web1 { get; } = new()
    {
        Id = Id,
        NetworkId = s_network.Id,
        State = NicRecordState.Attached,
        NamespaceName = "web1",
        NamespacePath = "/run/netns/web1",
        Namespace = new(4, 4711),
        NamespaceBirth = new(HostBoot.Id, 1),
        InterfaceName = "eth0",
        InterfaceIndex = 1_000_001,
        MacAddress = new([2, 0x42, 10, 1, 0, 10]),
        Mtu = 1500,
    };

    /// <summary>A NIC as it was seen.</summary>
    /// <param name="record">The record.</param>
    /// <param name="counted">Its counters; null if its link isn't there.</param>
    /// <param name="seconds">When it was looked at.</param>
    /// <param name="state">Its state.</param>
    public static ContainerNic See(NicRecord record, LinkStatistics? counted, double seconds = 0, NicState state = NicState.Up) => new(record, s_network, state)
    {
        Seen = counted is null ? null : new Link { Index = record.InterfaceIndex, Name = "renamed0", MacAddress = PhysicalAddress.None, Statistics = counted },
        SeenTime = (long)(seconds * Stopwatch.Frequency),
    };

    /// <summary>Counters that have one number, except for the bytes.</summary>
    public static LinkStatistics Count(ulong packets, ulong received, ulong sent) => new()
    {
        ReceivedBytes = received, ReceivedPackets = packets, ReceivedMulticastPackets = packets, ReceivedDiscardedPackets = packets, ReceivedPacketErrors = packets,
        SentBytes = sent, SentPackets = packets, OutboundDiscardedPackets = packets, OutboundPacketErrors = packets,
    };
}
