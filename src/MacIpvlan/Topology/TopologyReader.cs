using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Topology;

/// <summary>Builds a topology from the recorded state, one dump each of the host's links and addresses, and a look at the NICs.</summary>
public sealed class TopologyReader(NetworkSession session)
{
    private readonly Dictionary<string, Node> _nodes = [];
    private HostLinks _links = new([]);
    private IReadOnlyList<ParentLinkRecord> _made = [];

    /// <summary>Returns the topology of the given networks: their NICs and the links that they sit on.</summary>
    /// <param name="networks">The networks.</param>
    /// <param name="withStatistics">Whether drawings show what went through the NICs.</param>
    public NetworkTopology Read(IReadOnlyList<ContainerNetwork> networks, bool withStatistics = false)
    {
        _nodes.Clear();
        _links = new(session.Host.GetLinks());
        _made = session.State.GetParentLinks();
        HashSet<string> wanted = [.. networks.Select(static n => n.Id)];
        ILookup<string, ContainerNic> nics = new NicStates(session).Look(
            [.. new ContainerNics(session).GetAllWithHost().Where(n => wanted.Contains(n.NetworkRecord.Id))])
            .ToLookup(static n => n.NetworkRecord.Id);
        foreach (ContainerNetwork network in networks)
        {
            ContainerNic? access = nics[network.Id].FirstOrDefault(static n => n.Record.IsHost);
            Find(network.Parent).Networks.Add(new(
                network,
                [.. nics[network.Id].Where(static n => !n.Record.IsHost).OrderBy(static n => n.ToString(), NaturalOrder.Comparer)],
                access is null ? null : new HostAccess(access)) { HasStatistics = withStatistics });
        }

        ILookup<int, LinkAddress> addresses = session.Host.GetAddresses().Where(static a => a.IsGlobal).ToLookup(static a => a.LinkIndex);
        return new()
        {
            Host = Environment.MachineName,
            Time = DateTimeOffset.UtcNow,
            Links = [.. _nodes.Values.Where(static n => n.IsRoot).OrderBy(static n => n.Link?.Kind is DummyLink)
                .ThenBy(static n => n.Link?.Index ?? int.MaxValue).Select(n => Draw(n, addresses))],
        };
    }

    // Networks can refer to a link by an alternative name.
    private Node Find(string name)
    {
        Link? link = _links.Find(name);
        if (_nodes.TryGetValue(link?.Name ?? name, out Node? known)) return known;
        ParentLinkRecord? record = link is null ? _made.FirstOrDefault(p => p.Name == name) : null;
        Node node = new(link?.Name ?? name, link, link?.Kind ?? record?.Kind);
        _nodes.Add(node.Name, node);
        string? parent = link is null ? record?.Parent : _links.Below(link)?.Name;
        if (parent is null) return node;
        node.IsRoot = false;
        Find(parent).Links.Add(node);
        return node;
    }

    private TopologyLink Draw(Node node, ILookup<int, LinkAddress> addresses) => new()
    {
        Name = node.Name,
        Kind = node.Kind?.Name ?? node.Link?.KindName,
        VlanId = (node.Kind as VlanLink)?.VlanId,
        Protocol = (node.Kind as VlanLink)?.Protocol,
        State = StateOf(node.Link),
        Mtu = node.Link?.Mtu ?? 0,
        Addresses = node.Link is Link link ? [.. addresses[link.Index].Select(static a => a.Address)] : [],
        Ports = node.Link is Link master ? [.. _links.All.Where(l => l.MasterIndex == master.Index).Select(static l => l.Name)] : [],
        Networks = node.Networks,
        Links = [.. node.Links.OrderBy(static l => (l.Kind as VlanLink)?.VlanId).ThenBy(static l => l.Name, NaturalOrder.Comparer)
            .Select(l => Draw(l, addresses))],
    };

    private static TopologyLinkState StateOf(Link? link) => link switch
    {
        null => TopologyLinkState.Missing,
        { IsUp: false } => TopologyLinkState.Down,
        { HasCarrier: false } => TopologyLinkState.NoCarrier,
        _ => TopologyLinkState.Up,
    };

    private sealed record Node(string Name, Link? Link, LinkKind? Kind)
    {
        public bool IsRoot { get; set; } = true;

        public List<Node> Links { get; } = [];

        public List<TopologyNetwork> Networks { get; } = [];
    }
}
