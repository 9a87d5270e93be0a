using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Compares what this host and an address database have on record about each other: after the host was away, after addresses
/// were reclaimed, or after a failover that lost something.
/// </summary>
internal sealed class SegmentReconciliation(NetworkSession session)
{
    /// <summary>Finds what differs. Tells the database which addresses are free.</summary>
    /// <param name="database">The database's name.</param>
    /// <exception cref="NetworkException">The database can't be asked.</exception>
    public IReadOnlyList<SegmentFinding> Find(string database)
    {
        // Read before and after, because other commands connect NICs meanwhile: an address counts as not granted if it was there
        // before, and as forgotten if it isn't there after.
        Dictionary<string, NicRecord> before = session.State.GetNics().ToDictionary(static n => n.Id);
        HeldAddresses held = NoticeQueue.Use(session, database, static d => d.GetHeld());
        NetworkRecord[] networks = [.. session.State.GetNetworks().Where(n => database.Equals(n.Segment?.Database, StringComparison.OrdinalIgnoreCase))];
        IReadOnlyList<NicRecord> nics = session.State.GetNics();
        HashSet<string> freed = [.. session.State.GetNotices(database).OfType<AddressRelease>().Select(static r => r.NicId)];
        return
        [
            .. FindMisplaced(database, networks, held),
            .. networks.SelectMany(n => FindChanged(database, n)),
            .. networks.SelectMany(n => nics.Where(i => i.NetworkId == n.Id && before.ContainsKey(i.Id)).SelectMany(i => FindUngranted(database, n, i, before[i.Id], held))),
            .. FindForgotten(database, networks, nics, freed, held),
        ];
    }

    /// <summary>
    /// Settles a finding: gets an address again that nobody else has, frees what no NIC has, and puts networks on their segments.
    /// A NIC whose address another one has needs another address: <see cref="SegmentBook.ReplaceLost"/>.
    /// </summary>
    /// <returns>Whether everything is in order now.</returns>
    /// <exception cref="NetworkException">The database can't be asked, or refuses.</exception>
    public bool Settle(SegmentFinding finding)
    {
        switch (finding)
        {
            case UngrantedLease(_, NicRecord nic, NetworkRecord network, LeaseRecord lease, _):
                if (new SegmentBook(session, network.Segment!).Regain(nic, lease) is null) return true;
                session.State.LoseLease(nic.Id, lease.Address.Value);
                return false;
            case ForgottenLease(string database, HeldAddress held, _):
                Use(database, d => d.Release([new(held.NicId, held.Epoch, held.Address, null)]));
                return true;
            case MisplacedNetwork(_, _, NetworkRecord network):
                new SegmentNetworks(session).Join(network);
                return true;
            case MisplacedNetwork(string database, string id, null):
                Use(database, d => d.Leave(id));
                return true;
            case ChangedSegment(_, NetworkRecord network, SegmentDefinition definition, _):
                session.State.SetSegment(network.Id, definition);
                return true;
            default:
                throw new InvalidOperationException($"There is no way to settle {finding}.");
        }
    }

    private static IEnumerable<SegmentFinding> FindMisplaced(string database, NetworkRecord[] networks, HeldAddresses held)
    {
        HashSet<string> here = [.. networks.Select(static n => n.Id)];
        foreach (NetworkRecord network in networks.Where(n => !held.Networks.Contains(n.Id))) yield return new MisplacedNetwork(database, network.Id, network);
        foreach (string gone in held.Networks.Where(id => !here.Contains(id))) yield return new MisplacedNetwork(database, gone, null);
    }

    private IEnumerable<SegmentFinding> FindChanged(string database, NetworkRecord network)
    {
        if (session.Databases.Use(database, d => d.FindSegment(network.Segment!.Name)) is not SegmentDefinition now) yield break;
        if (SegmentNetworks.Compare(SegmentNetworks.DefinitionOf(network), now) is { Count: > 0 } differences)
        {
            yield return new ChangedSegment(database, network, now, differences);
        }
    }

    // A NIC that a command is working on is on record before it has addresses.
    private IEnumerable<SegmentFinding> FindUngranted(string database, NetworkRecord network, NicRecord nic, NicRecord before, HeldAddresses held)
    {
        if (!nic.IsSettled) yield break;
        foreach (LeaseRecord lease in nic.Leases.Where(l => l.Epoch is not null && before.Leases.Contains(l)))
        {
            if (held.Addresses.Any(a => a.NicId == nic.Id && a.Address == lease.Address.Value)) continue;
            yield return new UngrantedLease(database, nic, network, lease, HolderOf(database, network, lease));
        }
    }

    private string? HolderOf(string database, NetworkRecord network, LeaseRecord lease) =>
        session.Databases.Use(database, d => d.GetHolders(network.Segment!.Name)).FirstOrDefault(h => h.Address == lease.Address.Value)?.ToString();

    private static IEnumerable<SegmentFinding> FindForgotten(
        string database, NetworkRecord[] networks, IReadOnlyList<NicRecord> nics, HashSet<string> freed, HeldAddresses held)
    {
        Dictionary<string, NicRecord> here = nics.ToDictionary(static n => n.Id);
        foreach (HeldAddress address in held.Addresses.Where(a => !freed.Contains(a.NicId)))
        {
            bool isKnown = here.TryGetValue(address.NicId, out NicRecord? nic)
                && (!nic.IsSettled || nic.Leases.Any(l => l.Address.Value == address.Address));
            if (!isKnown) yield return new ForgottenLease(database, address, networks.FirstOrDefault(n => n.Id == address.NetworkId));
        }
    }

    private void Use(string database, Action<IAddressDatabase> work) => session.Databases.Use<object?>(database, d =>
    {
        work(d);
        return null;
    });
}
