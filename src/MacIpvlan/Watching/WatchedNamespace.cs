using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// The state of a watched namespace: enough to find out to whom an event belongs, and whether the object is new or
/// changed.
/// </summary>
/// <param name="nic">A NIC in it; null for the host's namespace.</param>
/// <param name="tellsAll">Whether to include events that belong to no network.</param>
internal sealed class WatchedNamespace(ContainerNic? nic, bool tellsAll)
{
    private readonly string _name = nic?.Namespace ?? NamespaceHandle.OwnName;
    private readonly Dictionary<int, Link> _links = [];
    private readonly HashSet<(int Link, InterfaceAddress Address)> _addresses = [];
    private readonly Dictionary<(int Link, AddressValue Address), Neighbor> _neighbors = [];
    private Dictionary<int, LinkOwner> _owners = [];

    /// <summary>The NIC by which it was found; null for the host's namespace.</summary>
    public ContainerNic? Nic { get; } = nic;

    /// <summary>The identity of the namespace.</summary>
    public NamespaceKey Place { get; } = nic is null ? NamespaceKey.Host : nic.Record.NamespaceKey;

    /// <summary>Whether it has any NIC, as far as the kernel has reported.</summary>
    public bool HasNics => _owners.Values.Any(static o => o.Nic is not null);

    /// <summary>Loads the current state.</summary>
    public void Load(NamespaceContents contents, WatchedNetworks networks)
    {
        foreach (Link link in contents.Links) _links[link.Index] = link;
        foreach (LinkAddress address in contents.Addresses) _addresses.Add((address.LinkIndex, address.Address));
        foreach (Neighbor neighbor in contents.Neighbors) _neighbors[(neighbor.LinkIndex, neighbor.Address)] = neighbor;
        Attribute(networks);
    }

    /// <summary>Updates the owners of the links.</summary>
    public void Attribute(WatchedNetworks networks)
    {
        Dictionary<int, LinkOwner> owners = networks.FindOwners(Place, _links.Values);
        // The kernel may not yet have reported the removal of a NIC that is no longer recorded.
        foreach ((int index, LinkOwner owner) in _owners) if (owner.Nic is not null) owners.TryAdd(index, owner);
        _owners = owners;
    }

    /// <summary>Whether the link hasn't been seen yet.</summary>
    public bool IsUnknown(int link) => !_links.ContainsKey(link);

    /// <summary>Processes a notice.</summary>
    /// <returns>The event; null if it belongs to no network or nothing changed.</returns>
    public NetworkEvent? Take(RouteNotice notice, WatchedNetworks networks)
    {
        // All links are tracked, because any link can turn into a parent or a NIC.
        if (notice.Kind == NetworkEventKind.Link) return TakeLink(notice, networks);
        int link = notice.LinkIndex;
        if (!tellsAll && (notice.IsLocalRoute || !IsOurs(link))) return null;
        return notice.Kind switch
        {
            NetworkEventKind.Address => TakeAddress(notice.ReadAddress(), notice.IsRemoval),
            NetworkEventKind.Neighbor => TakeNeighbor(notice.ReadNeighbor(), notice.IsRemoval),
            _ => new RouteEvent(
                SourceOf(link),
                notice.IsRemoval ? NetworkEventAction.Removed : notice.Replaces ? NetworkEventAction.Changed : NetworkEventAction.Added,
                notice.ReadRoute()),
        };
    }

    /// <summary>Reports NICs with their addresses and routes as if they had just been added.</summary>
    public IEnumerable<NetworkEvent> TellNics(NamespaceContents contents)
    {
        foreach (int index in _owners.Keys.Order())
        {
            NetworkEventSource source = SourceOf(index);
            yield return new LinkEvent(source, NetworkEventAction.Added, _links[index], LinkChange.Describe(_links[index]));
            foreach (LinkAddress address in contents.Addresses.Where(a => a.LinkIndex == index))
            {
                yield return new AddressEvent(source, NetworkEventAction.Added, address.Address);
            }

            foreach (Route route in contents.Routes.Where(r => r.LinkIndex == index))
            {
                yield return new RouteEvent(source, NetworkEventAction.Added, route);
            }
        }
    }

    /// <summary>Reports the NICs that ended with the namespace.</summary>
    public IEnumerable<NetworkEvent> TellEnd() => _owners.Keys.Order().Select(
        i => new LinkEvent(SourceOf(i), NetworkEventAction.Removed, _links[i], "its namespace has ended"));

    private LinkEvent? TakeLink(RouteNotice notice, WatchedNetworks networks)
    {
        Link link = notice.ReadLink();
        Link? before = _links.GetValueOrDefault(link.Index);
        if (notice.IsRemoval)
        {
            NetworkEventSource? source = IsTold(link.Index) ? SourceOf(link.Index) : null;
            Forget(link.Index);
            Attribute(networks);
            return source is null ? null : new(source, NetworkEventAction.Removed, link, link.KindName ?? "hardware");
        }

        _links[link.Index] = link;
        if (before is null || IsKnownOtherwise(before, link)) Attribute(networks);
        if (!IsTold(link.Index)) return null;
        if (before is null) return new(SourceOf(link.Index), NetworkEventAction.Added, link, LinkChange.Describe(link));
        string change = LinkChange.Describe(before, link);
        return change.Length == 0 ? null : new(SourceOf(link.Index), NetworkEventAction.Changed, link, change);
    }

    // The properties by which links are found.
    private static bool IsKnownOtherwise(Link before, Link link) => before.Name != link.Name || before.Alias != link.Alias
        || before.Group != link.Group || !before.AlternativeNames.SequenceEqual(link.AlternativeNames);

    private AddressEvent? TakeAddress(LinkAddress address, bool isRemoval)
    {
        (int, InterfaceAddress) key = (address.LinkIndex, address.Address);
        if (isRemoval) _addresses.Remove(key);
        // The kernel repeats an address when a property changes that isn't shown here.
        else if (!_addresses.Add(key)) return null;
        NetworkEventAction action = isRemoval ? NetworkEventAction.Removed : NetworkEventAction.Added;
        return new(SourceOf(address.LinkIndex), action, address.Address);
    }

    private NeighborEvent? TakeNeighbor(Neighbor neighbor, bool isRemoval)
    {
        // Multicast groups aren't neighbors.
        if (neighbor.State == NeighborState.NoArp && !tellsAll) return null;
        (int, AddressValue) key = (neighbor.LinkIndex, neighbor.Address);
        Neighbor? before = _neighbors.GetValueOrDefault(key);
        if (isRemoval) _neighbors.Remove(key);
        else if (neighbor == before) return null;
        else _neighbors[key] = neighbor;
        NetworkEventAction action = isRemoval ? NetworkEventAction.Removed
            : before is null ? NetworkEventAction.Added
            : NetworkEventAction.Changed;
        return new(SourceOf(neighbor.LinkIndex), action, neighbor);
    }

    private void Forget(int link)
    {
        _links.Remove(link);
        _owners.Remove(link);
        _addresses.RemoveWhere(a => a.Link == link);
        foreach ((int Link, AddressValue Address) key in _neighbors.Keys.Where(k => k.Link == link).ToArray()) _neighbors.Remove(key);
    }

    // A route without a link belongs to the whole namespace.
    private bool IsOurs(int link) => _owners.ContainsKey(link) || (link == 0 && Place != NamespaceKey.Host);

    private bool IsTold(int link) => tellsAll || _owners.ContainsKey(link);

    private NetworkEventSource SourceOf(int link)
    {
        LinkOwner? owner = _owners.GetValueOrDefault(link);
        return new(_name, _links.GetValueOrDefault(link)?.Name, owner?.Network, owner?.Nic);
    }
}

/// <summary>The contents of a namespace.</summary>
internal sealed record NamespaceContents(
    IReadOnlyList<Link> Links, IReadOnlyList<LinkAddress> Addresses, IReadOnlyList<Neighbor> Neighbors, IReadOnlyList<Route> Routes);
