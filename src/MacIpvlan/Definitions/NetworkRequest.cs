using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The settings of a network to create.</summary>
public sealed record NetworkRequest
{
    /// <summary>The network's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of its NICs: <see cref="MacvlanLink"/> or <see cref="IpvlanLink"/>.</summary>
    public required LinkKind NicKind { get; init; }

    /// <summary>The parent; null for a dummy link that belongs to the network.</summary>
    public ParentReference? Parent { get; init; }

    /// <summary>
    /// The settings of the parent, if it's a sub-interface, and of the sub-interfaces that it sits on. Missing ones are
    /// created with these settings; existing ones must have them. A VLAN that isn't listed is created with the kernel's
    /// defaults.
    /// </summary>
    public IReadOnlyList<ParentLinkRecord> Vlans { get; init; } = [];

    /// <summary>The subnets, at least one; with DHCP, IPv6 subnets or none. None if its segment has them.</summary>
    public required IReadOnlyList<IPPrefix> Subnets { get; init; }

    /// <summary>How its NICs have their IPv4 addresses assigned by DHCP; null if they're from the subnets.</summary>
    public DhcpDefinition? Dhcp { get; init; }

    /// <summary>The segment that its addresses are allocated from; null if they're this host's own.</summary>
    public NetworkSegment? Segment { get; init; }

    /// <summary>Whether its segment says which addresses there are, because it doesn't say so itself.</summary>
    internal bool LeavesAddresses => Segment is not null && Subnets.Count == 0 && Gateways.Count == 0 && Ranges.Count == 0 && Excluded.Count == 0
        && !NoGateway && Dhcp?.Fallback is null;

    /// <summary>Where the addresses of its NICs come from.</summary>
    internal AddressOrigin Addresses => new(Dhcp, Subnets);

    /// <summary>The gateways, each in one of the subnets unless <see cref="OnLinkGateway"/> is set.</summary>
    public IReadOnlyList<AddressValue> Gateways { get; init; } = [];

    /// <summary>Ranges to allocate from, each in one of the subnets.</summary>
    public IReadOnlyList<AddressRange> Ranges { get; init; } = [];

    /// <summary>Addresses that are never allocated, each in one of the subnets.</summary>
    public IReadOnlyList<AddressRange> Excluded { get; init; } = [];

    /// <summary>Gives its NICs no default route, so that they reach only what is on their parent.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether it is internal: a dummy link leads nowhere.</summary>
    internal bool IsInternal => Internal || Parent is null;

    /// <summary>The file that defines it; null if it doesn't come from a file.</summary>
    public string? Source { get; init; }

    /// <summary>The services of Compose that are on it, as far as they're known; they aren't settings.</summary>
    public IReadOnlyList<ComposeService> Services { get; init; } = [];

    /// <summary>Doesn't choose a gateway for IPv4 subnets for which none is specified.</summary>
    public bool NoGateway { get; init; }

    /// <summary>Doesn't give its NICs a default route.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>Allows gateways and next hops that are on the link but outside the subnets.</summary>
    public bool OnLinkGateway { get; init; }

    /// <summary>The routes that its NICs get in addition to the default route.</summary>
    public IReadOnlyList<NetworkRoute> Routes { get; init; } = [];

    /// <summary>What its NICs do with router advertisements; null to decide by the addresses of each NIC.</summary>
    public RouterAdvertisement? RouterAdvertisement { get; init; }

    // RFC 8064 makes it the default of hosts.
    internal static readonly InterfaceIdentifier UsualIdentifier = Addressing.InterfaceIdentifier.StablePrivacy;

    /// <summary>How its NICs make addresses from router advertisements; null for <see cref="InterfaceIdentifier.StablePrivacy"/>.</summary>
    public InterfaceIdentifier? InterfaceIdentifier { get; init; }

    /// <summary>The same, with the default; null if they don't accept advertisements, or receive none.</summary>
    internal InterfaceIdentifier? NicIdentifier => NetworkDefinition.TakesAdvertisements(NicKind, RouterAdvertisement)
        ? InterfaceIdentifier ?? UsualIdentifier
        : null;

    /// <summary>The sysctls of its NICs.</summary>
    public IReadOnlyList<NicSysctl> Sysctls { get; init; } = [];

    /// <summary>How addresses are probed before NICs use them (macvlan only); null if they aren't probed.</summary>
    public ProbeSettings? Probe { get; init; }

    /// <summary>
    /// How addresses are probed if nothing is specified: those that a DHCP server offers are (RFC 2131 4.4.1), except on ipvlan,
    /// which can't; others aren't, so that connecting takes no longer.
    /// </summary>
    public ProbeSettings? DefaultProbe => Dhcp is not null && NicKind is MacvlanLink ? new() : null;

    /// <summary>The MTU of its NICs in bytes; null for the parent's MTU.</summary>
    public int? Mtu { get; init; }

    /// <summary>The limits of its NICs that have none of their own.</summary>
    public BandwidthLimits Bandwidth { get; init => field = value.AsDefaults(); } = BandwidthLimits.None;

    /// <summary>The metric of its default routes; null for the kernel's default.</summary>
    public int? RouteMetric { get; init; }

    /// <summary>What labels of containers can ask for; empty for nothing.</summary>
    public IReadOnlyList<LabelSetting> AllowedLabels { get; init; } = [];

    /// <summary>The request that recreates a network exactly, with nothing chosen automatically.</summary>
    internal static NetworkRequest For(NetworkRecord network) => new()
    {
        Name = network.Name,
        NicKind = network.NicKind,
        Parent = NetworkDefinition.HasOwnLink(network) ? null : new(network.Parent),
        Subnets = [.. network.Subnets.Select(static s => s.Prefix)],
        Gateways = [.. network.Subnets.Select(static s => s.Gateway).OfType<AddressValue>().Distinct()],
        Ranges = [.. network.Subnets.SelectMany(static s => s.Ranges)],
        Excluded = [.. network.Subnets.SelectMany(static s => s.Excluded)],
        Internal = network.Internal,
        NoGateway = network.Subnets.Any(static s => s.Gateway is null && NetworkDefinition.TakesGateway(s.Prefix)),
        NoDefaultRoute = network.NoDefaultRoute,
        OnLinkGateway = network.OnLinkGateway,
        Routes = network.Routes,
        RouterAdvertisement = network.RouterAdvertisement,
        Dhcp = network.Dhcp,
        Segment = network.Segment,
        InterfaceIdentifier = network.InterfaceIdentifier,
        Sysctls = network.Sysctls,
        Probe = network.Probe,
        Mtu = network.Mtu,
        Bandwidth = network.Bandwidth,
        RouteMetric = network.RouteMetric,
        AllowedLabels = network.AllowedLabels,
    };
}
