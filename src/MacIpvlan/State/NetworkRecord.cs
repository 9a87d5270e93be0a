using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.State;

/// <summary>A network's definition.</summary>
public sealed record NetworkRecord
{
    /// <summary>64 random hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>How often it has been changed on record. A NIC is added only to the network that it was planned for.</summary>
    public long Revision { get; init; }

    /// <summary>The name, unique on the host regardless of case.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of its NICs: <see cref="MacvlanLink"/> or <see cref="IpvlanLink"/>.</summary>
    public required LinkKind NicKind { get; init; }

    /// <summary>Whether it has one NIC at most, which takes over its parent.</summary>
    public bool IsPassthru() => NicKind is MacvlanLink { Mode: MacvlanMode.Passthru };

    /// <summary>Whether its NICs have MAC addresses of their own, and not that of their parent.</summary>
    public bool HasOwnMacAddresses() => NicKind is MacvlanLink && !IsPassthru();

    /// <summary>The name of the link that its NICs sit on.</summary>
    public required string Parent { get; init; }

    /// <summary>Whether its NICs get no default route. Always so if the parent is a dummy link of its own.</summary>
    public bool Internal { get; init; }

    /// <summary>The MTU of its NICs in bytes; null for the parent's MTU.</summary>
    public int? Mtu { get; init; }

    /// <summary>The limits of its NICs that have none of their own.</summary>
    public BandwidthLimits Bandwidth { get; init; } = BandwidthLimits.None;

    /// <summary>The metric of its default routes; null for the kernel's default.</summary>
    public int? RouteMetric { get; init; }

    /// <summary>Whether its NICs get no default route although the network isn't internal.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>Whether gateways can be on the link but outside the subnets.</summary>
    public bool OnLinkGateway { get; init; }

    /// <summary>The routes that its NICs get in addition to the default route.</summary>
    public IReadOnlyList<NetworkRoute> Routes { get; init; } = [];

    /// <summary>
    /// What its NICs do with router advertisements. Null: those with IPv6 addresses of the network ignore them, those
    /// without any address keep the settings of their namespace, and others have IPv6 switched off.
    /// </summary>
    public RouterAdvertisement? RouterAdvertisement { get; init; }

    /// <summary>
    /// How its NICs make addresses from router advertisements: never a token. Null if they accept none.
    /// </summary>
    public InterfaceIdentifier? InterfaceIdentifier { get; init; }

    /// <summary>The sysctls of its NICs.</summary>
    public IReadOnlyList<NicSysctl> Sysctls { get; init; } = [];

    /// <summary>How addresses are probed before NICs use them; null if they aren't probed.</summary>
    public ProbeSettings? Probe { get; init; }

    /// <summary>How its NICs have their IPv4 addresses assigned by DHCP; null if they're from its subnets.</summary>
    public DhcpDefinition? Dhcp { get; init; }

    /// <summary>The segment that its addresses are allocated from; null if they're this host's own.</summary>
    public NetworkSegment? Segment { get; init; }

    /// <summary>What labels of containers can ask for; empty for nothing.</summary>
    public IReadOnlyList<LabelSetting> AllowedLabels { get; init; } = [];

    /// <summary>Its subnets, in the order they were specified. With DHCP, all of them are IPv6, and there can be none.</summary>
    public required IReadOnlyList<SubnetRecord> Subnets { get; init; }

    /// <summary>Where the addresses of its NICs come from.</summary>
    public AddressOrigin Addresses => new(Dhcp, [.. Subnets.Select(static s => s.Prefix)]);

    /// <summary>The subnet of addresses for NICs that no DHCP server answers; null for none.</summary>
    public SubnetRecord? Fallback => Dhcp?.Fallback is not DhcpFallback fallback ? null
        : new(fallback.Subnet, null, fallback.IsWholeSubnet ? [] : [fallback.Range], []);

    /// <summary>All subnets that addresses are allocated from: its own, then that of the fallback.</summary>
    public IEnumerable<SubnetRecord> Pools => Fallback is null ? Subnets : Subnets.Append(Fallback);
}

/// <summary>A subnet of a network.</summary>
/// <param name="Prefix">The subnet.</param>
/// <param name="Gateway">The gateway, which is allocated only if requested; null if the subnet has no gateway.</param>
/// <param name="Ranges">The ranges that addresses are allocated from; empty for the whole subnet.</param>
/// <param name="Excluded">The addresses that are allocated only if requested.</param>
public sealed record SubnetRecord(
    IPPrefix Prefix, AddressValue? Gateway, IReadOnlyList<AddressRange> Ranges, IReadOnlyList<AddressRange> Excluded)
{
    /// <summary>The addresses that are withheld from automatic allocation: the exclusions and the gateway.</summary>
    public IEnumerable<AddressRange> Withheld => Gateway is null ? Excluded : Excluded.Append(AddressRange.Of(Gateway));
}
