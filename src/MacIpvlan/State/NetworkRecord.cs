using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.State;

/// <summary>A network as it was defined.</summary>
public sealed record NetworkRecord
{
    /// <summary>64 random hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The name, unique on the host whatever its case.</summary>
    public required string Name { get; init; }

    /// <summary>What its NICs are made as: <see cref="MacvlanLink"/> or <see cref="IpvlanLink"/>.</summary>
    public required LinkKind NicKind { get; init; }

    /// <summary>The name of the link that its NICs sit on.</summary>
    public required string Parent { get; init; }

    /// <summary>Whether its NICs get no default route: asked for, or the parent is a dummy.</summary>
    public bool Internal { get; init; }

    /// <summary>The MTU of its NICs in bytes; the parent's when null.</summary>
    public int? Mtu { get; init; }

    /// <summary>The metric of its default routes; the kernel's default when null.</summary>
    public int? RouteMetric { get; init; }

    /// <summary>Whether its NICs get no default route though they are not internal.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>Whether gateways are on the link though in none of the subnets.</summary>
    public bool OnLinkGateway { get; init; }

    /// <summary>Routes that its NICs get beside the default route.</summary>
    public IReadOnlyList<NetworkRoute> Routes { get; init; } = [];

    /// <summary>How addresses are probed before NICs take them; null for not at all.</summary>
    public ProbeSettings? Probe { get; init; }

    /// <summary>Its subnets, in the order they were given.</summary>
    public required IReadOnlyList<SubnetRecord> Subnets { get; init; }
}

/// <summary>A subnet of a network.</summary>
/// <param name="Prefix">The subnet.</param>
/// <param name="Gateway">Its gateway, never handed out; null for none.</param>
/// <param name="Ranges">Where addresses are handed out from; empty for all of the subnet.</param>
/// <param name="Excluded">What is never handed out.</param>
public sealed record SubnetRecord(
    IPPrefix Prefix, AddressValue? Gateway, IReadOnlyList<AddressRange> Ranges, IReadOnlyList<AddressRange> Excluded)
{
    /// <summary>What the subnet withholds from allocation: its exclusions and its gateway.</summary>
    public IEnumerable<AddressRange> Withheld => Gateway is null ? Excluded : Excluded.Append(AddressRange.Of(Gateway.Value));
}
