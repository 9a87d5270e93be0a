namespace MacIpvlan;

/// <summary>Whether a NIC reaches an address.</summary>
/// <param name="Network">The network of the NIC that asked.</param>
/// <param name="Source">The NIC that asked: namespace and interface, such as web1/eth0.</param>
/// <param name="Destination">What was asked for: a NIC, or an address.</param>
public sealed record NicTestResult(string Network, string Source, string Destination)
{
    /// <summary>The address that the NIC asked from; null if it has none of the family.</summary>
    public string? SourceAddress { get; init; }

    /// <summary>The address that was asked for; null for a NIC that has none which the source could ask for.</summary>
    public string? DestinationAddress { get; init; }

    /// <summary>How it was asked.</summary>
    public NicTestProtocol Protocol { get; init; }

    /// <summary>Whether an answer came.</summary>
    public bool Reachable => Status == NicTestStatus.Reachable;

    /// <summary>The shortest time until an answer, in milliseconds; null if none came.</summary>
    public double? RoundtripTime { get; init; }

    /// <summary>How many questions were sent.</summary>
    public int Sent { get; init; }

    /// <summary>How many of them were answered.</summary>
    public int Received { get; init; }

    /// <summary>The MAC address that answered ARP or a neighbour solicitation: that of the next hop; null if not asked.</summary>
    public string? MacAddress { get; init; }

    /// <summary>How it went.</summary>
    public NicTestStatus Status { get; init; }

    /// <summary>Why there was no answer, or fewer than questions; empty if all is well.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>How a NIC asks.</summary>
public enum NicTestProtocol
{
    /// <summary>ICMP echo (RFC 792).</summary>
    ICMP,

    /// <summary>ICMPv6 echo (RFC 4443).</summary>
    ICMPv6,

    /// <summary>An ARP request on the link (RFC 826).</summary>
    ARP,

    /// <summary>A neighbour solicitation on the link (RFC 4861).</summary>
    NDP,
}

/// <summary>How the test of a NIC went.</summary>
public enum NicTestStatus
{
    /// <summary>An answer came.</summary>
    Reachable,

    /// <summary>The parent is not on the host.</summary>
    ParentMissing,

    /// <summary>The parent is down, or has no carrier.</summary>
    ParentDown,

    /// <summary>The interface of the NIC is not there: its namespace has ended, or someone deleted it.</summary>
    NicMissing,

    /// <summary>The interface of the NIC is down.</summary>
    NicDown,

    /// <summary>The NIC has no address of the family.</summary>
    NoAddress,

    /// <summary>No route leads there by that NIC, or one that leads nowhere.</summary>
    NoRoute,

    /// <summary>The kernel refused to send.</summary>
    SendRefused,

    /// <summary>ARP and neighbour solicitation do not lead there: behind a router, or in a mode without a link layer.</summary>
    NotOnLink,

    /// <summary>Another host or router answered that it cannot be reached.</summary>
    IcmpError,

    /// <summary>The next hop did not answer ARP or neighbour solicitation either.</summary>
    NeighborSilent,

    /// <summary>Nobody answered the echo, though the next hop is there, as far as that can be told.</summary>
    EchoSilent,

    /// <summary>The NIC that was asked for is not there, or down.</summary>
    DestinationDown,

    /// <summary>The NIC that was asked for is on another parent, such as another VLAN.</summary>
    OtherParent,

    /// <summary>The mode of one of both NICs keeps them apart.</summary>
    ModeIsolation,

    /// <summary>The address is one of the host's own, which macvlan and ipvlan NICs do not reach.</summary>
    HostIsolation,
}
