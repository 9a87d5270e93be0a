namespace MacIpvlan;

/// <summary>Whether a NIC reaches an address.</summary>
/// <param name="Network">The network of the source NIC.</param>
/// <param name="Source">The source NIC: namespace and interface, such as web1/eth0.</param>
/// <param name="Destination">The destination: a NIC or an address.</param>
public sealed record NicTestResult(string Network, string Source, string Destination)
{
    /// <summary>The address that the NIC sent from; null if it has none in the address family.</summary>
    public AddressText? SourceAddress { get; init; }

    /// <summary>The address that was tested; null for a NIC without an address that the source could reach.</summary>
    public AddressText? DestinationAddress { get; init; }

    /// <summary>The protocol that was used.</summary>
    public NicTestProtocol Protocol { get; init; }

    /// <summary>Whether a reply arrived.</summary>
    public bool Reachable => Status == NicTestStatus.Reachable;

    /// <summary>The shortest round-trip time in milliseconds; null if no reply arrived.</summary>
    public double? RoundtripTime { get; init; }

    /// <summary>How many requests were sent.</summary>
    public int Sent { get; init; }

    /// <summary>How many of them were answered.</summary>
    public int Received { get; init; }

    /// <summary>
    /// The MAC address of the next hop, which answered ARP or a neighbor solicitation; null if it wasn't tested.
    /// </summary>
    public string? MacAddress { get; init; }

    /// <summary>The result of the test.</summary>
    public NicTestStatus Status { get; init; }

    /// <summary>Why no reply, or too few replies, arrived; empty if all requests were answered.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>The protocols that a test can use.</summary>
public enum NicTestProtocol : long
{
    /// <summary>ICMP echo (RFC 792).</summary>
    ICMP,

    /// <summary>ICMPv6 echo (RFC 4443).</summary>
    ICMPv6,

    /// <summary>An ARP request on the link (RFC 826).</summary>
    ARP,

    /// <summary>A neighbor solicitation on the link (RFC 4861).</summary>
    NDP,
}

/// <summary>The results of a test.</summary>
public enum NicTestStatus : long
{
    /// <summary>A reply arrived.</summary>
    Reachable,

    /// <summary>The parent doesn't exist on the host.</summary>
    ParentMissing,

    /// <summary>The parent is down or has no carrier.</summary>
    ParentDown,

    /// <summary>The NIC's interface is missing: its namespace ended, or someone deleted it.</summary>
    NicMissing,

    /// <summary>The NIC's interface is down.</summary>
    NicDown,

    /// <summary>The NIC has no address in the address family.</summary>
    NoAddress,

    /// <summary>The NIC has no route to the address, or the route doesn't forward.</summary>
    NoRoute,

    /// <summary>The kernel refused to send.</summary>
    SendRefused,

    /// <summary>
    /// ARP and neighbor solicitation can't reach it: it is behind a router, or the mode has no link layer.
    /// </summary>
    NotOnLink,

    /// <summary>Another host or router reported that the address can't be reached.</summary>
    IcmpError,

    /// <summary>The next hop didn't answer ARP or neighbor solicitation either.</summary>
    NeighborSilent,

    /// <summary>No echo reply arrived, although the next hop is present as far as can be determined.</summary>
    EchoSilent,

    /// <summary>The destination NIC is missing or down.</summary>
    DestinationDown,

    /// <summary>The destination NIC is on another parent, such as another VLAN.</summary>
    OtherParent,

    /// <summary>The mode of one of the two NICs isolates them from each other.</summary>
    ModeIsolation,

    /// <summary>The address belongs to the host itself, which macvlan and ipvlan NICs can't reach.</summary>
    HostIsolation,
}
