using System.Diagnostics;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// What went through a NIC since its interface was created, as its container sees it: received is what came into the
/// container. Counters are null if the interface isn't there, or can't be looked at.
/// </summary>
public sealed class ContainerNicStatistics
{
    private readonly ContainerNic _nic;
    private readonly LinkStatistics? _counted;
    private readonly NicRates? _rates;

    /// <param name="nic">The NIC, which has been looked at.</param>
    /// <param name="time">The time of day.</param>
    /// <param name="before">The same NIC a while ago; null if it wasn't looked at.</param>
    internal ContainerNicStatistics(ContainerNic nic, DateTimeOffset time, ContainerNicStatistics? before = null)
    {
        (_nic, _counted, Time) = (nic, nic.Seen?.Statistics, time);
        // A container that was restarted has another link, which can have the index of the former one.
        if (before?._counted is not LinkStatistics start || _counted is null) return;
        if (before._nic.InterfaceIndex != nic.InterfaceIndex || before._nic.Record.NamespaceKey != nic.Record.NamespaceKey) return;
        _rates = NicRates.Between(start, _counted, Stopwatch.GetElapsedTime(before._nic.SeenTime, nic.SeenTime));
    }

    /// <summary>The network's name.</summary>
    public string Network => _nic.Network;

    /// <summary>The name of its container; null if the target wasn't a container.</summary>
    public string? Container => _nic.Container;

    /// <summary>The namespace that it is in: a name under /run/netns, a path, or the name of its container.</summary>
    public string Namespace => _nic.Namespace;

    /// <summary>The interface's name in the namespace, as it is now.</summary>
    public string InterfaceName => _nic.InterfaceName;

    /// <summary>The state of its interface. Its addresses aren't looked at.</summary>
    public NicState State => _nic.State;

    /// <summary>When the counters were read.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Bytes received, with Ethernet headers.</summary>
    public ulong? ReceivedBytes => _counted?.ReceivedBytes;

    /// <summary>Packets received, of all kinds.</summary>
    public ulong? ReceivedPackets => _counted?.ReceivedPackets;

    /// <summary>Broadcasts and multicasts among the received packets, which the kernel counts as one.</summary>
    public ulong? ReceivedMulticastPackets => _counted?.ReceivedMulticastPackets;

    /// <summary>Packets that came in and were discarded.</summary>
    public ulong? ReceivedDiscardedPackets => _counted?.ReceivedDiscardedPackets;

    /// <summary>Packets that came in and couldn't be delivered. The kernel counts them as discarded, too.</summary>
    public ulong? ReceivedPacketErrors => _counted?.ReceivedPacketErrors;

    /// <summary>Bytes sent, with Ethernet headers.</summary>
    public ulong? SentBytes => _counted?.SentBytes;

    /// <summary>Packets sent, of all kinds.</summary>
    public ulong? SentPackets => _counted?.SentPackets;

    /// <summary>Packets that were discarded instead of sent.</summary>
    public ulong? OutboundDiscardedPackets => _counted?.OutboundDiscardedPackets;

    /// <summary>Packets that couldn't be sent.</summary>
    public ulong? OutboundPacketErrors => _counted?.OutboundPacketErrors;

    /// <summary>The time that the rates are of; null without rates.</summary>
    public TimeSpan? Interval => _rates?.Interval;

    /// <summary>Bits received in a second; null if it wasn't measured, or the interface was created anew meanwhile.</summary>
    public double? ReceivedBitsPerSecond => _rates?.ReceivedBits;

    /// <summary>Packets received in a second.</summary>
    public double? ReceivedPacketsPerSecond => _rates?.ReceivedPackets;

    /// <summary>Packets in a second that came in and were discarded.</summary>
    public double? ReceivedDiscardedPacketsPerSecond => _rates?.ReceivedDiscardedPackets;

    /// <summary>Bits sent in a second.</summary>
    public double? SentBitsPerSecond => _rates?.SentBits;

    /// <summary>Packets sent in a second.</summary>
    public double? SentPacketsPerSecond => _rates?.SentPackets;

    /// <summary>Packets in a second that were discarded instead of sent.</summary>
    public double? OutboundDiscardedPacketsPerSecond => _rates?.OutboundDiscardedPackets;

    /// <summary>The NIC's id: 16 hexadecimal digits.</summary>
    public string Id => _nic.Id;

    /// <summary>The interface's name on record, which its container can't change.</summary>
    internal string RecordedName => PrintableText.Clean(_nic.Record.InterfaceName);

    /// <summary>Namespace and interface, such as web1/eth0.</summary>
    public override string ToString() => _nic.ToString();
}
