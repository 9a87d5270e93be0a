using MacIpvlan.Addressing;

namespace MacIpvlan.Topology;

/// <summary>What sits on what: a host's links, the sub-interfaces on them, the networks, and their NICs.</summary>
public sealed record NetworkTopology
{
    /// <summary>The host's name.</summary>
    public required string Host { get; init; }

    /// <summary>When it was so.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The links that sit on no other: those that lead out of the host first, then dummies.</summary>
    public required IReadOnlyList<TopologyLink> Links { get; init; }

    /// <summary>The networks of all links, in the order of those.</summary>
    public IEnumerable<TopologyNetwork> Networks => Links.SelectMany(static l => l.AllNetworks);

    /// <summary>The names of the other networks that each namespace with several NICs is on, by NIC.</summary>
    public ILookup<ContainerNic, string> Neighbors => Networks.SelectMany(static n => n.Nics)
        .GroupBy(static n => (n.Record.Namespace, n.Record.NamespaceBirth))
        .SelectMany(static own => own.SelectMany(nic => own.Select(static n => n.Network).Distinct()
            .Where(name => name != nic.Network).Select(name => (Nic: nic, Name: name))))
        .ToLookup(static n => n.Nic, static n => n.Name);

    /// <summary>The same with fewer NICs drawn of each network.</summary>
    /// <param name="most">How many at most.</param>
    public NetworkTopology Abridged(int most) => this with { Links = [.. Links.Select(l => l.Abridged(most))] };
}

/// <summary>A link that carries networks, or sub-interfaces that do.</summary>
public sealed record TopologyLink
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The kernel's name of its kind, such as vlan or bond; null for hardware, and where that is not known.</summary>
    public string? Kind { get; init; }

    /// <summary>Its VLAN id, if it is a sub-interface.</summary>
    public int? VlanId { get; init; }

    /// <summary>The EtherType of its tag, if it is a sub-interface.</summary>
    public VlanProtocol? Protocol { get; init; }

    /// <summary>Whether it can carry anything.</summary>
    public required TopologyLinkState State { get; init; }

    /// <summary>Its MTU in bytes; zero where it is missing.</summary>
    public int Mtu { get; init; }

    /// <summary>The host's own addresses on it, without those that are good on the link alone.</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    /// <summary>The links that are ports of it, where it is a bond or a bridge.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>The networks that sit on it, by name.</summary>
    public required IReadOnlyList<TopologyNetwork> Networks { get; init; }

    /// <summary>The sub-interfaces that sit on it, by VLAN id.</summary>
    public required IReadOnlyList<TopologyLink> Links { get; init; }

    /// <summary>Whether it leads nowhere: a link that was made for networks without a parent.</summary>
    public bool IsDummy => Kind == "dummy";

    /// <summary>It, and its sub-interfaces with theirs.</summary>
    public IEnumerable<TopologyLink> AllLinks => Links.SelectMany(static l => l.AllLinks).Prepend(this);

    /// <summary>Its networks, and those of its sub-interfaces.</summary>
    public IEnumerable<TopologyNetwork> AllNetworks => AllLinks.SelectMany(static l => l.Networks);

    internal TopologyLink Abridged(int most) => this with
    {
        Networks = [.. Networks.Select(n => n with { DrawnNics = [.. n.Nics.Take(most)] })],
        Links = [.. Links.Select(l => l.Abridged(most))],
    };
}

/// <summary>Whether a link can carry anything.</summary>
public enum TopologyLinkState
{
    /// <summary>It is up, and has a carrier.</summary>
    Up,

    /// <summary>It is up, but nothing is plugged in, or what it sits on is down.</summary>
    NoCarrier,

    /// <summary>It is down.</summary>
    Down,

    /// <summary>It is not on the host.</summary>
    Missing,
}

/// <summary>A network with its NICs.</summary>
/// <param name="Network">The network.</param>
/// <param name="Nics">Its NICs, in the order they were made.</param>
/// <param name="HostAccess">The host's own access to it; null if it has none.</param>
public sealed record TopologyNetwork(ContainerNetwork Network, IReadOnlyList<ContainerNic> Nics, HostAccess? HostAccess)
{
    /// <summary>Those of its NICs that are drawn; all, unless the topology was abridged.</summary>
    public IReadOnlyList<ContainerNic> DrawnNics { get; init; } = Nics;

    /// <summary>Those of its NICs that are left out.</summary>
    public IEnumerable<ContainerNic> OmittedNics => Nics.Skip(DrawnNics.Count);
}
