using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>What is asked of a new network.</summary>
public sealed record NetworkRequest
{
    /// <summary>The network's name.</summary>
    public required string Name { get; init; }

    /// <summary>What its NICs are made as: <see cref="MacvlanLink"/> or <see cref="IpvlanLink"/>.</summary>
    public required LinkKind NicKind { get; init; }

    /// <summary>The parent; null for a dummy of the network's own.</summary>
    public ParentReference? Parent { get; init; }

    /// <summary>
    /// Sub-interfaces that the parent is one of, or is reached by: those that are missing are made so; those that are there
    /// must be so. A VLAN that is not listed is made with the kernel's own settings.
    /// </summary>
    public IReadOnlyList<ParentLinkRecord> Vlans { get; init; } = [];

    /// <summary>The subnets, at least one.</summary>
    public required IReadOnlyList<IPPrefix> Subnets { get; init; }

    /// <summary>Gateways, each in one of the subnets unless <see cref="OnLinkGateway"/>.</summary>
    public IReadOnlyList<AddressValue> Gateways { get; init; } = [];

    /// <summary>Ranges to allocate from, each in one of the subnets.</summary>
    public IReadOnlyList<AddressRange> Ranges { get; init; } = [];

    /// <summary>Addresses never to hand out, each in one of the subnets.</summary>
    public IReadOnlyList<AddressRange> Excluded { get; init; } = [];

    /// <summary>Keeps the parent out: a dummy is used all the same.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether its NICs get no default route and reach nothing but each other.</summary>
    internal bool IsIsolated => Internal || Parent is null;

    /// <summary>Leaves IPv4 subnets for which no gateway is given without one.</summary>
    public bool NoGateway { get; init; }

    /// <summary>Leaves its NICs without a default route.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>Takes gateways and next hops that are on the link though in none of the subnets.</summary>
    public bool OnLinkGateway { get; init; }

    /// <summary>Routes that its NICs get beside the default route.</summary>
    public IReadOnlyList<NetworkRoute> Routes { get; init; } = [];

    /// <summary>How addresses are probed before NICs take them (macvlan only); null for not at all.</summary>
    public ProbeSettings? Probe { get; init; }

    /// <summary>The MTU of its NICs in bytes; the parent's when null.</summary>
    public int? Mtu { get; init; }

    /// <summary>The metric of its default routes; the kernel's default when null.</summary>
    public int? RouteMetric { get; init; }

    /// <summary>What to ask for to have a network again as it is, with nothing left to be chosen.</summary>
    internal static NetworkRequest For(NetworkRecord network) => new()
    {
        Name = network.Name,
        NicKind = network.NicKind,
        Parent = network.Internal ? null : new(network.Parent),
        Subnets = [.. network.Subnets.Select(static s => s.Prefix)],
        Gateways = [.. network.Subnets.Select(static s => s.Gateway).OfType<AddressValue>().Distinct()],
        Ranges = [.. network.Subnets.SelectMany(static s => s.Ranges)],
        Excluded = [.. network.Subnets.SelectMany(static s => s.Excluded)],
        Internal = network.Internal,
        NoGateway = network.Subnets.Any(static s => s.Gateway is null && NetworkDefinition.TakesGateway(s.Prefix)),
        NoDefaultRoute = network.NoDefaultRoute,
        OnLinkGateway = network.OnLinkGateway,
        Routes = network.Routes,
        Probe = network.Probe,
        Mtu = network.Mtu,
        RouteMetric = network.RouteMetric,
    };
}
