using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Compares the parents of recorded networks with the links of the host, and repairs them.</summary>
internal sealed class ParentComparison(NetworkSession session, Repairs repairs)
{
    private readonly ParentLinks _parents = new(session);
    private readonly RenamedParents _renamed = new(session);

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
            found.Add(_renamed.Find(users.Key) is Link renamed
                ? RepairName(users.Key, string.Join(", ", users), renamed)
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
        if (_parents.FindRenamed(record) is Link renamed && _parents.FindUsable(record.Name) is null) return RepairName(record.Name, users, renamed);
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

    private NetworkDifference RepairName(string name, string users, Link renamed)
    {
        NetworkDifference difference = new(DifferenceKind.ParentChanged, name, users)
        {
            Expected = name,
            Actual = renamed.Name,
            RecommendedAction = $"Repair-ContainerNetwork records the new name. {NameAgain(renamed, name)}.",
        };
        return repairs.Repair(difference, () =>
        {
            // The VLAN was made again under another name, with a record of its own.
            if (_parents.Find(renamed.Name) is not null && _parents.FindUsable(renamed.Name) is not null) session.State.RemoveParentLink(name);
            session.State.RenameParent(name, renamed.Name);
            if (_parents.Find(renamed.Name) is not ParentLinkRecord record) return;
            if (LinkMark.IsParent(renamed)) _parents.Restore(record);
            // Another program made it in the place of the module's.
            else session.State.RemoveParentLink(record.Name);
        }, $"Record that {name} has the name {renamed.Name}");
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

            session.State.RenameParent(record.Parent!, lower.Name);
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
