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
            Link? link = session.Host.FindLink(record.Name);
            NetworkDifference? difference = link is null
                ? new(DifferenceKind.ParentMissing, record.Name, users) { Expected = $"{record.Kind}", Actual = "none" }
                : !_parents.IsInPlace(record)
                    ? new(DifferenceKind.ParentChanged, record.Name, users)
                    {
                        Expected = $"{record.Kind}, up",
                        Actual = $"{Describe(record, link)}, {(link.IsUp ? "up" : "down")}",
                    }
                    : record.Mtu is int mtu && link.Mtu != mtu
                        ? new(DifferenceKind.MtuChanged, record.Name, users) { Expected = $"{mtu}", Actual = $"{link.Mtu}" }
                        : null;
            if (difference is not null) found.Add(repairs.Repair(difference, () => RepairParent(record, link)));
        }

        foreach (IGrouping<string, ContainerNetwork> users in networks.GroupBy(static n => n.Parent))
        {
            if (ours.Any(p => p.Name == users.Key) || session.Host.FindLink(users.Key) is not null) continue;
            found.Add(new(DifferenceKind.ParentMissing, users.Key, string.Join(", ", users)) { Expected = "a link", Actual = "none" });
        }

        return found;
    }

    // The kernel also reports settings that nobody requested; they are no difference.
    private string Describe(ParentLinkRecord record, Link link) => _parents.FindUsable(record.Name) is not null
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
