using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Compares the parents of recorded networks with the links of the host, and repairs them.</summary>
internal sealed class ParentComparison(NetworkSession session, Repairs repairs)
{
    private readonly ParentLinks _parents = new(session);

    /// <summary>Compares the parents of networks with the links of the host.</summary>
    /// <param name="networks">The networks.</param>
    /// <param name="areAll">
    /// Whether these are all networks. If so, sub-interfaces that no network uses are compared too.
    /// </param>
    public IReadOnlyList<NetworkDifference> Compare(IReadOnlyList<ContainerNetwork> networks, bool areAll)
    {
        List<NetworkDifference> found = [];
        using IDisposable? topology = repairs.AreWanted ? session.State.LockTopology() : null;
        IReadOnlyList<ParentLinkRecord> ours = session.State.GetParentLinks();
        foreach (ParentLinkRecord record in ours)
        {
            string users = string.Join(", ", networks.Where(n => n.Parent == record.Name));
            if (users.Length == 0 && !areAll) continue;
            if (Compare(record, users) is NetworkDifference difference) found.Add(difference);
        }

        foreach (IGrouping<string, ContainerNetwork> users in networks.GroupBy(static n => n.Parent))
        {
            if (ours.Any(p => p.Name == users.Key) || session.Host.FindLink(users.Key) is not null) continue;
            found.Add((FindRenamed(users) ?? FindRenamed(users.Key, ours)) is Link renamed
                ? new(DifferenceKind.ParentChanged, users.Key, string.Join(", ", users))
                {
                    Expected = users.Key, Actual = renamed.Name, RecommendedAction = $"{NameAgain(renamed, users.Key)}.",
                }
                : new(DifferenceKind.ParentMissing, users.Key, string.Join(", ", users))
                {
                    Expected = "a link",
                    Actual = "none",
                    RecommendedAction = "If it has another name now, add the old one: "
                        + $"ip link property add dev NAME altname {users.Key}. Otherwise create it, or import the networks with another parent.",
                });
        }

        return found;
    }

    private NetworkDifference? Compare(ParentLinkRecord record, string users)
    {
        Link? link = session.Host.FindLink(record.Name);
        if (link is null)
        {
            NetworkDifference missing = new(DifferenceKind.ParentMissing, record.Name, users) { Expected = $"{record.Kind}", Actual = "none" };
            return repairs.Repair(missing, () => RepairParent(record, link));
        }

        Link? lower = _parents.FindLower(record, link);
        bool isElsewhere = lower is not null && record.Parent is not null && !lower.IsNamed(record.Parent);
        if (isElsewhere || !_parents.IsInPlace(record))
        {
            NetworkDifference changed = new(DifferenceKind.ParentChanged, record.Name, users)
            {
                Expected = Describe($"{record.Kind}", record.Parent, "up"),
                Actual = Describe(KindOf(record, link), isElsewhere ? lower!.Name : record.Parent, StateOf(link)),
            };
            return isElsewhere ? RepairName(record, lower!, changed) : repairs.Repair(changed, () => RepairParent(record, link));
        }

        if (record.Mtu is not int mtu || link.Mtu == mtu) return null;
        NetworkDifference difference = new(DifferenceKind.MtuChanged, record.Name, users) { Expected = $"{mtu}", Actual = $"{link.Mtu}" };
        return repairs.Repair(difference, () => RepairParent(record, link));
    }

    // Sub-interfaces keep a link that is renamed, and so do NICs.
    private Link? FindRenamed(string name, IReadOnlyList<ParentLinkRecord> ours) => ours.Where(p => p.Parent == name)
        .Select(p => _parents.FindLower(p, session.Host.FindLink(p.Name))).FirstOrDefault(static l => l is not null);

    // The links of NICs are found by what only the host can set.
    private Link? FindRenamed(IEnumerable<ContainerNetwork> networks)
    {
        NicLinks links = new(session);
        foreach (ContainerNetwork network in networks)
        {
            foreach (NicRecord nic in session.State.GetNics(network.Id).Where(static n => n.State == NicRecordState.Attached))
            {
                try
                {
                    using NamespaceHandle? target = links.OpenNamespace(nic);
                    if (target is null) continue;
                    Link? link = session.Namespaces.Run(target, () =>
                    {
                        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
                        return links.Find(inside, nic, network.Record);
                    });
                    if (link is { ParentIsForeign: true }) return session.Host.FindLink(link.ParentIndex);
                }
                catch (Exception e) when (e is NetlinkException or NetworkException)
                {
                    // The comparison of the NIC warns.
                }
            }
        }

        return null;
    }

    private NetworkDifference RepairName(ParentLinkRecord record, Link lower, NetworkDifference difference)
    {
        bool isFree = session.Host.FindLink(record.Parent!) is null;
        string action = isFree
            ? $"Repair-ContainerNetwork records that {record.Name} sits on {lower.Name}. {NameAgain(lower, record.Parent!)}."
            : $"{record.Parent} is another link now. Rename the links, or remove {record.Name} with its networks and create them again.";
        difference = difference with { RecommendedAction = action };
        return repairs.Repair(difference, () =>
        {
            if (!isFree)
            {
                throw new NetworkException(NetworkError.ParentInUse, $"it sits on {lower.Name}, and {record.Parent} is another link now.", action);
            }

            session.State.SetParentLink(record with { Parent = lower.Name });
            _parents.Restore(record with { Parent = lower.Name });
        }, isFree ? $"Record that {record.Name} sits on {lower.Name}" : null);
    }

    private static string NameAgain(Link link, string name) =>
        $"To keep the name, add it to the link: ip link property add dev {link.Name} altname {name}";

    private static string Describe(string kind, string? lower, string state) => lower is null ? $"{kind}, {state}" : $"{kind} on {lower}, {state}";

    private static string StateOf(Link link) => (link.IsUp ? "up" : "down") + (LinkMark.IsUnfinishedParent(link) ? ", unfinished" : "");

    // The kernel also reports settings that nobody requested; they are no difference.
    private string KindOf(ParentLinkRecord record, Link link) => _parents.FindUsable(record.Name) is not null
        ? record.Kind.ToString()
        : link.Kind?.ToString() ?? link.KindName ?? "hardware";

    private void RepairParent(ParentLinkRecord record, Link? link)
    {
        if (link is not null && record.Mtu is int mtu && link.Mtu != mtu)
        {
            session.Host.Execute(new LinkSet(link.Index, link.Name) { Mtu = mtu });
        }

        _parents.Restore(record);
    }
}
