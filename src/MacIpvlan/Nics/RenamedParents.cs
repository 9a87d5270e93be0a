using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Finds the links of parents that have another name than the recorded one: VLANs by their ids, others by what sits on them,
/// which keeps its link when that is renamed.
/// </summary>
internal sealed class RenamedParents(NetworkSession session)
{
    private readonly ParentLinks _parents = new(session);
    private readonly NicLinks _links = new(session);

    /// <summary>The link that a parent is, if no link has its recorded name; null if that isn't known.</summary>
    public Link? Find(string name)
    {
        if (session.Host.FindLink(name) is not null) return null;
        IReadOnlyList<ParentLinkRecord> ours = session.State.GetParentLinks();
        return ours.FirstOrDefault(p => p.Name == name) is ParentLinkRecord own
            ? _parents.FindRenamed(own)
            : FindBelow(session.State.GetNetworks().Where(n => n.Parent == name)) ?? FindBelow(name, ours);
    }

    /// <summary>Finds the renamed among parents.</summary>
    /// <returns>The recorded names, by the indexes of the links.</returns>
    public IReadOnlyDictionary<int, string> FindAll(IEnumerable<string> names)
    {
        HostLinks links = new(session.Host.GetLinks());
        HashSet<string> present = [.. links.All.SelectMany(static l => l.AlternativeNames.Prepend(l.Name))];
        Dictionary<int, string> renamed = [];
        foreach (string name in names.Where(n => !present.Contains(n)))
        {
            if (Find(name) is Link link) renamed.TryAdd(link.Index, name);
        }

        return renamed;
    }

    /// <summary>The link that NICs of a network sit on, if it isn't the one that has the name of their parent now; null if there is none.</summary>
    public Link? FindOther(NetworkRecord network, Link parent) =>
        session.State.GetOtherParents(network.Id, parent.Index).Any(i => session.Host.FindLink(i) is not null)
            ? FindBelow([network], isWanted: n => n.ParentIndex != parent.Index)
            : null;

    private Link? FindBelow(string name, IEnumerable<ParentLinkRecord> ours) => ours.Where(p => p.Parent == name)
        .Select(p => _parents.FindLower(p, session.Host.FindLink(p.Name))).FirstOrDefault(static l => l is not null);

    // The links of NICs are found by what only the host can set.
    private Link? FindBelow(IEnumerable<NetworkRecord> networks, Func<NicRecord, bool>? isWanted = null)
    {
        foreach (NetworkRecord network in networks)
        {
            foreach (NicRecord nic in session.State.GetNics(network.Id).Where(n => n.InterfaceIndex != 0 && isWanted?.Invoke(n) != false))
            {
                try
                {
                    using NamespaceHandle? target = _links.OpenNamespace(nic);
                    if (target is null) continue;
                    Link? link = session.Namespaces.Run(target, () =>
                    {
                        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
                        return _links.Find(inside, nic, network);
                    });
                    if (link is not null && session.Host.FindLink(link.ParentIndex) is Link parent) return parent;
                }
                catch (Exception e) when (e is NetlinkException or NetworkException)
                {
                    // Another NIC can lead to the same link.
                }
            }
        }

        return null;
    }
}
