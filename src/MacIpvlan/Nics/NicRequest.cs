using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>A request for a new NIC.</summary>
public sealed record NicRequest
{
    /// <summary>The network that it joins.</summary>
    public required ContainerNetwork Network { get; init; }

    /// <summary>The namespace to connect it to.</summary>
    public required NamespaceHandle Target { get; init; }

    /// <summary>Whether it is the host's access to the network. If so, the target is the host's namespace.</summary>
    public bool IsHost { get; init; }

    /// <summary>The process specified as the target, if any.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The container specified as the target, if any.</summary>
    public Container? Container { get; init; }

    /// <summary>Whether that container was specified by name.</summary>
    public bool BelongsToName { get; init; }

    /// <summary>Whether labels of that container ask for it.</summary>
    public bool IsByLabel { get; init; }

    /// <summary>What the names of the labels or annotations begin with that ask for it, such as macipvlan.lan.; null if none do.</summary>
    internal string? LabelPrefix { get; init; }

    /// <summary>The interface's name; if null, eth0 or the next free ethN.</summary>
    public string? InterfaceName { get; init; }

    /// <summary>Its addresses; an address family without one gets the lowest free address, unless <see cref="HasOnlyThese"/>.</summary>
    public IReadOnlyList<AddressValue> Addresses { get; init; } = [];

    /// <summary>Whether it gets no addresses of the subnets but <see cref="Addresses"/>.</summary>
    public bool HasOnlyThese { get; init; }

    /// <summary>The prefix lengths that were specified with addresses; they must be those of the subnets.</summary>
    public IReadOnlyList<InterfaceAddress> AddressesWithLength { get; init; } = [];

    /// <summary>
    /// True to take the default route from the other NICs of the namespace, false for no default route; null if the first
    /// NIC of the namespace has it.
    /// </summary>
    public bool? DefaultRoute { get; init; }

    /// <summary>How it makes addresses from router advertisements; null if as its network says.</summary>
    public InterfaceIdentifier? InterfaceIdentifier { get; init; }

    /// <summary>The limits that it has instead of its network's.</summary>
    public BandwidthLimits Bandwidth { get; init; } = BandwidthLimits.None;

    /// <summary>Its sysctls, which add to those of its network or override them.</summary>
    public IReadOnlyList<NicSysctl> Sysctls { get; init; } = [];

    /// <summary>Whether it gets no addresses.</summary>
    public bool NoAddress { get; init; }

    /// <summary>Whether its link is kept down.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>How many times its addresses are announced when it comes up: 0 to 3.</summary>
    public int AnnounceCount { get; init; } = 1;

    /// <summary>
    /// Whether its addresses are announced in the background: other NICs are waiting, or many links receive the
    /// announcement.
    /// </summary>
    internal bool AnnouncesAside { get; init; }

    /// <summary>
    /// Whether this process announces its addresses. The kernel can announce once, when a link comes up, the addresses
    /// that the link has then. This needs no CAP_NET_RAW, but no network can be changed until all other links of the
    /// parent have received the announcement.
    /// </summary>
    internal bool AnnouncesItself => AnnounceCount > 1 || (AnnounceCount > 0 && (AnnouncesAside || Probe is not null || AsksServer));

    /// <summary>Whether its addresses are probed first (macvlan only); null for the network's setting.</summary>
    public bool? ProbeAddress { get; init; }

    /// <summary>How its addresses are probed first; null if they aren't.</summary>
    internal ProbeSettings? Probe => ProbeAddress ?? Network.Record.Probe is not null ? Network.Record.Probe ?? new() : null;

    /// <summary>Its MAC address (macvlan only); if null, it is derived from the network and the address.</summary>
    public PhysicalAddress? MacAddress { get; init; }

    /// <summary>The host name that it sends to DHCP servers; null for the name of its container.</summary>
    public string? HostName { get; init; }

    /// <summary>Whether somebody else asks a DHCP server for its address once it is made.</summary>
    internal bool AsksLater { get; init; }

    /// <summary>How long it waits until the kernel has cleared a link that has its addresses; null for as long as that takes.</summary>
    internal TimeSpan? Patience { get; init; }

    /// <summary>Whether it waits for a DHCP server.</summary>
    internal bool AsksServer => Network.Record.Dhcp is not null && !NoAddress && !IsHost;

    /// <summary>Its MTU in bytes; if null, the network's MTU.</summary>
    public int? Mtu { get; init; }
}
