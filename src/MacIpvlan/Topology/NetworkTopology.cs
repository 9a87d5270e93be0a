using MacIpvlan.Addressing;

namespace MacIpvlan.Topology;

/// <summary>A host's links, the sub-interfaces on them, the networks, and their NICs.</summary>
public sealed record NetworkTopology
{
    /// <summary>The host's name.</summary>
    public required string Host { get; init; }

    /// <summary>When it was read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The links that sit on no other link: uplinks first, then dummy links.</summary>
    public required IReadOnlyList<TopologyLink> Links { get; init; }

    /// <summary>The networks of all links, in link order.</summary>
    public IEnumerable<TopologyNetwork> Networks => Links.SelectMany(static l => l.AllNetworks);

    /// <summary>For each NIC, the names of the other networks that its namespace is on.</summary>
    public ILookup<ContainerNic, string> Neighbors => Networks.SelectMany(static n => n.Nics)
        .GroupBy(static n => n.Record.NamespaceKey)
        .SelectMany(static own => own.SelectMany(nic => own.Select(static n => n.Network).Distinct()
            .Where(name => name != nic.Network).Select(name => (Nic: nic, Name: name))))
        .ToLookup(static n => n.Nic, static n => n.Name);

    /// <summary>Returns the same topology with fewer NICs drawn for each network.</summary>
    /// <param name="most">The maximum number of NICs.</param>
    public NetworkTopology Abridged(int most) => this with { Links = [.. Links.Select(l => l.Abridged(most))] };
}

/// <summary>A link that carries networks, or has sub-interfaces that do.</summary>
public sealed record TopologyLink
{
    /// <summary>The link's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The kernel's name for its kind, such as vlan or bond; null for hardware, or if it isn't known.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>The VLAN id, if it is a sub-interface.</summary>
    public int? VlanId { get; init; }

    /// <summary>The EtherType of its tag, if it is a sub-interface.</summary>
    public VlanProtocol? Protocol { get; init; }

    /// <summary>Whether it can carry traffic.</summary>
    public required TopologyLinkState State { get; init; }

    /// <summary>The MTU in bytes; zero if the link is missing.</summary>
    public int Mtu { get; init; }

    /// <summary>The host's own addresses on it that have global scope.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>The ports of a bond or a bridge.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>The networks on it, sorted by name.</summary>
    public required IReadOnlyList<TopologyNetwork> Networks { get; init; }

    /// <summary>The sub-interfaces on it, sorted by VLAN id.</summary>
    public required IReadOnlyList<TopologyLink> Links { get; init; }

    /// <summary>
    /// Whether it is a dummy link, without an uplink, such as one made for networks without a parent.
    /// </summary>
    public bool IsDummy => Kind == "dummy";

    /// <summary>This link, and all sub-interfaces above it.</summary>
    public IEnumerable<TopologyLink> AllLinks => Links.SelectMany(static l => l.AllLinks).Prepend(this);

    /// <summary>The networks on this link and on its sub-interfaces.</summary>
    public IEnumerable<TopologyNetwork> AllNetworks => AllLinks.SelectMany(static l => l.Networks);

    internal TopologyLink Abridged(int most) => this with
    {
        Networks = [.. Networks.Select(n => n with { DrawnNics = [.. n.Nics.Take(most)] })],
        Links = [.. Links.Select(l => l.Abridged(most))],
    };
}

/// <summary>Whether a link can carry traffic.</summary>
public enum TopologyLinkState
{
    /// <summary>The link is up and has a carrier.</summary>
    Up,

    /// <summary>The link is up but has no carrier: nothing is plugged in, or the link below it is down.</summary>
    NoCarrier,

    /// <summary>The link is down.</summary>
    Down,

    /// <summary>The link doesn't exist on the host.</summary>
    Missing,
}

/// <summary>A network with its NICs.</summary>
/// <param name="Network">The network.</param>
/// <param name="Nics">Its NICs, in the order in which they were created.</param>
/// <param name="HostAccess">The host's own access to it; null if it has none.</param>
public sealed record TopologyNetwork(ContainerNetwork Network, IReadOnlyList<ContainerNic> Nics, HostAccess? HostAccess)
{
    /// <summary>The NICs that are drawn: all of them, unless the topology was abridged.</summary>
    public IReadOnlyList<ContainerNic> DrawnNics { get; init; } = Nics;

    /// <summary>Whether drawings show what went through the NICs.</summary>
    public bool HasStatistics { get; init; }

    /// <summary>The NICs that aren't drawn.</summary>
    public IEnumerable<ContainerNic> OmittedNics => Nics.Skip(DrawnNics.Count);
}
