using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Reports what the databases of segments and this host have on record differently, and settles it on request. A database that
/// can't be reached leaves everything as this host has it.
/// </summary>
internal sealed class SegmentComparison(NetworkSession session, Repairs repairs)
{
    private readonly SegmentReconciliation _reconciliation = new(session);

    /// <summary>Compares the segments of networks.</summary>
    /// <param name="networks">The networks.</param>
    /// <param name="areAll">Whether these are all networks. If so, what belongs to none of them is compared too.</param>
    /// <returns>
    /// Each difference. With repairs, without those of NICs that need another address: they are found with the NICs.
    /// </returns>
    public IEnumerable<NetworkDifference> Compare(IReadOnlyList<ContainerNetwork> networks, bool areAll)
    {
        HashSet<string> wanted = [.. networks.Select(static n => n.Id)];
        string[] used = [.. networks.Select(static n => n.Record.Segment?.Database).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase)];
        foreach (SegmentFinding finding in used.SelectMany(Find))
        {
            if (NetworkOf(finding) is NetworkRecord network ? !wanted.Contains(network.Id) : !areAll) continue;
            NetworkDifference difference = Describe(finding);
            if (repairs.AreWanted && !Settle(finding, ref difference)) continue;
            yield return difference;
        }
    }

    private IReadOnlyList<SegmentFinding> Find(string database)
    {
        try
        {
            return _reconciliation.Find(database);
        }
        catch (NetworkException e)
        {
            session.Warn($"What the address database '{database}' has on record isn't compared. {e.Message}");
            return [];
        }
    }

    // Returns false if the NIC needs another address.
    private bool Settle(SegmentFinding finding, ref NetworkDifference difference)
    {
        bool isInOrder = true;
        difference = repairs.Repair(difference, () => isInOrder = _reconciliation.Settle(finding), Action(finding));
        return isInOrder;
    }

    private static NetworkRecord? NetworkOf(SegmentFinding finding) => finding switch
    {
        UngrantedLease ungranted => ungranted.Network,
        ForgottenLease forgotten => forgotten.Network,
        MisplacedNetwork misplaced => misplaced.Network,
        ChangedSegment changed => changed.Network,
        _ => null,
    };

    private static NetworkDifference Describe(SegmentFinding finding) => finding switch
    {
        UngrantedLease(_, NicRecord nic, NetworkRecord network, LeaseRecord lease, var holder) =>
            new(DifferenceKind.AddressReclaimed, new ContainerNic(nic, network).ToString(), network.Name)
            {
                Expected = $"{lease.Address}",
                Actual = holder is null ? "the segment doesn't have it on record" : $"{holder} has it",
            },
        ForgottenLease(string database, HeldAddress held, var network) =>
            new(DifferenceKind.LeaseWithoutNic, $"{held.Address}", network?.Name ?? database)
            {
                Expected = "none",
                Actual = $"the NIC {held.NicId} has it, which this host doesn't know",
            },
        MisplacedNetwork(_, _, NetworkRecord network) => new(DifferenceKind.SegmentChanged, network.Name, network.Name)
        {
            Expected = $"on the segment {network.Segment}",
            Actual = "not on record there",
        },
        MisplacedNetwork(string database, string id, null) => new(DifferenceKind.SegmentChanged, database, database)
        {
            Expected = "none",
            Actual = $"the network {id[..12]}, which this host doesn't know",
        },
        ChangedSegment(_, NetworkRecord network, _, IReadOnlyList<SettingDifference> differences) =>
            new(DifferenceKind.SegmentChanged, network.Name, network.Name)
            {
                Expected = string.Join("; ", differences.Select(static d => $"{d.Name} {d.Expected}")),
                Actual = string.Join("; ", differences.Select(static d => $"{d.Name} {d.Actual}")),
            },
        _ => throw new InvalidOperationException($"There are no words for {finding}."),
    };

    private static string Action(SegmentFinding finding) => finding switch
    {
        UngrantedLease { Holder: null } ungranted => $"Have {ungranted.Lease.Address} granted by the segment {ungranted.Network.Segment}",
        UngrantedLease ungranted => $"Give up {ungranted.Lease.Address}, which {ungranted.Holder} has",
        ForgottenLease forgotten => $"Free the address in the database {forgotten.Database}",
        MisplacedNetwork { Network: not null } misplaced => $"Put the network on the segment {misplaced.Network.Segment}",
        MisplacedNetwork misplaced => $"Take the network off its segment in the database {misplaced.Database}",
        ChangedSegment changed => $"Record how the segment {changed.Network.Segment} is defined now",
        _ => throw new InvalidOperationException($"There are no words for {finding}."),
    };
}
