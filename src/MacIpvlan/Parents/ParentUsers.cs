using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The networks on one parent.</summary>
internal sealed class ParentUsers
{
    private readonly Dictionary<KindKey, NetworkRecord> _byKind = [];
    private readonly Dictionary<IPPrefix, NetworkRecord> _owners = [];

    // In this order, the subnets within another one follow it.
    private readonly SortedSet<IPPrefix> _prefixes = [];

    public ParentUsers(IEnumerable<NetworkRecord> networks)
    {
        foreach (NetworkRecord network in networks) Add(network);
    }

    /// <summary>One network of each kind, mode and flag that there is.</summary>
    public IEnumerable<NetworkRecord> OfEachKind => _byKind.Values;

    public void Add(NetworkRecord network)
    {
        _byKind.TryAdd(KindOf(network.NicKind), network);
        foreach (SubnetRecord subnet in network.Pools)
        {
            _prefixes.Add(subnet.Prefix);
            _owners.TryAdd(subnet.Prefix, network);
        }
    }

    /// <summary>Another subnet that overlaps this one, with its network; null if there is no such subnet.</summary>
    public (IPPrefix Prefix, NetworkRecord Network)? FindOverlap(IPPrefix prefix)
    {
        IPPrefix last = IPPrefix.Containing(prefix.Last, prefix.Last.Bits);
        // Those within it, which begin in it, and of which at most one is the subnet itself.
        foreach (IPPrefix inside in _prefixes.GetViewBetween(prefix, last).Take(2))
        {
            if (inside != prefix) return (inside, _owners[inside]);
        }

        // Those around it: there is one at most for each length.
        for (int length = 0; length < prefix.PrefixLength; length++)
        {
            IPPrefix around = IPPrefix.Containing(prefix.First, length);
            if (_owners.TryGetValue(around, out NetworkRecord? owner)) return (around, owner);
        }

        return null;
    }

    /// <summary>A network that has exactly this subnet; null if none has.</summary>
    public NetworkRecord? FindOwner(IPPrefix prefix) => _owners.GetValueOrDefault(prefix);

    private static KindKey KindOf(LinkKind kind) => kind switch
    {
        MacvlanLink macvlan => new(kind.Name, (int)macvlan.Mode, 0),
        IpvlanLink ipvlan => new(kind.Name, (int)ipvlan.Mode, (int)ipvlan.Flag),
        _ => new(kind.Name, 0, 0),
    };

    private sealed record KindKey(string Kind, int Mode, int Flag);
}
