using MacIpvlan.Addressing;

namespace MacIpvlan.State.Sqlite;

/// <content>Changes of NICs: the new settings, and what their links can still have until then.</content>
public sealed partial class SqliteStateStore
{
    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> TakeNics(IReadOnlyList<string> ids) => _database.Write<NicRecord[]>(() =>
        [.. ids.Where(id => _database.Execute(
            "UPDATE nics SET state = 'Changing', worker = $2 WHERE id = $1 AND worker IS NULL", id, Worker.Number) > 0)
            .SelectMany(id => ReadNics("n.id = $1", id)).OrderBy(static n => n.Ordinal)]);

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> ChangeNics(IReadOnlyList<NicDemand> changes) => _database.Write(() => Change(changes));

    /// <inheritdoc/>
    public IReadOnlySet<string> CompleteNics(IReadOnlyList<NicRecord> nics, IReadOnlyList<ForeignAddress>? foreign = null) =>
        _database.Write<HashSet<string>>(() =>
        {
            HashSet<string> completed = [.. nics.Where(n => Update(n, NicRecordState.Changing)).Select(static n => n.Id)];
            foreach (string id in completed)
            {
                FreeLeases("nic_id = $1 AND is_obsolete = 1", id, foreign ?? []);
                _database.Execute("UPDATE nics SET obsolete_routes = '', obsolete_sysctls = '' WHERE id = $1", id);
            }

            DeleteUnusedPools();
            return completed;
        });

    private NicRecord[] Change(IReadOnlyList<NicDemand> changes)
    {
        ForgetExpired();
        Dictionary<string, List<Pool>> known = [];
        return [.. changes.Select(c =>
        {
            if (!known.TryGetValue(c.Network.Id, out List<Pool>? pools)) known.Add(c.Network.Id, pools = ReadPools(c.Network.Id));
            Write(c);
            Change(c, pools);
            return ReadNics("n.id = $1", c.Nic.Id)[0];
        })];
    }

    private void Write(NicDemand change)
    {
        NicRecord nic = change.Nic;
        if (!WriteOwn(nic) || !Update(nic with { State = NicRecordState.Changing }, NicRecordState.Changing))
        {
            throw new NetworkException(
                NetworkError.NicNotFound, $"The NIC in {nic.NamespaceName} was disconnected meanwhile.", "List the NICs with Get-ContainerNic.");
        }

        if (nic.Dhcp is null) _database.Execute("DELETE FROM dhcp_leases WHERE nic_id = $1", nic.Id);
        else if (change.ReplacesLease || !ReadDhcp("n.id = $1", nic.Id).TryGetValue(nic.Id, out DhcpRecord? known)
            || !known.ClientIdentifier.SequenceEqual(nic.Dhcp.ClientIdentifier)) WriteDhcp(nic.Id, nic.Dhcp);
    }

    // What only a change alters.
    private bool WriteOwn(NicRecord nic)
    {
        try
        {
            return _database.Execute(
                """
                UPDATE nics SET network_id = $3, default_route = $4, interface_identifier = $5, is_disabled = $6, obsolete_routes = $7,
                    belongs_to_name = $8, is_by_label = $9, own_mtu = $10, obsolete_sysctls = $11
                WHERE id = $1 AND state = 'Changing' AND worker = $2
                """,
                nic.Id, Worker.Number, nic.NetworkId, nic.DefaultRoute, nic.InterfaceIdentifier?.ToString(), nic.IsDisabled,
                string.Join('\n', nic.Obsolete.Routes), nic.BelongsToName, nic.IsByLabel, nic.OwnMtu,
                string.Join(' ', nic.Obsolete.Sysctls)) > 0;
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw new NetworkException(NetworkError.NetworkNotFound, "Another command has just removed the network.");
        }
    }

    private void Change(NicDemand change, List<Pool> pools)
    {
        NicRecord nic = change.Nic;
        LeaseRecord[] kept = [.. nic.Leases.Where(static l => l.Source != LeaseSource.Dhcp)];
        List<Holding> had = ReadHoldings(nic.Id), held = [];
        foreach (Holding holding in had)
        {
            // Another subnet, or the same on another parent, is another pool.
            bool isKept = pools.Exists(p => p.Id == holding.Pool) && kept.Any(l => l.Address == holding.Lease.Address);
            _database.Execute(
                "UPDATE leases SET is_obsolete = $3 WHERE pool_id = $1 AND address = $2", holding.Pool, holding.Lease.Address.Value.ToBytes(), !isKept);
            if (isKept) held.Add(holding);
        }

        int ordinal = had.Select(static h => h.Ordinal).DefaultIfEmpty(-1).Max();
        List<Holding> added = [];
        foreach (LeaseRecord lease in kept.Where(l => !held.Exists(h => h.Lease.Address == l.Address)))
        {
            Pool pool = lease.Source != LeaseSource.DhcpFallback ? PoolOf(change.Network, pools, lease.Address.Value)
                : pools.First(p => p.IsFallback && p.Subnet.Prefix.Contains(lease.Address.Value));
            int number = lease.Epoch is null ? ++ordinal : lease.Ordinal;
            Insert(nic, number, pool, lease);
            added.Add(new(pool.Id, lease, number));
        }

        foreach (AddressDemand demand in change.Addresses.OrderBy(static d => d.Static is null))
        {
            Pool[] suitable = demand.Static is AddressValue address ? [PoolOf(change.Network, pools, address)] : [.. pools.Where(p => IsFor(p, demand))];
            LeaseRecord lease = demand.Static is not null
                ? TakeStatic(nic, ++ordinal, suitable[0], demand.Static)
                : TakeLowest(nic, ++ordinal, change.Network, suitable, demand.OfHost ?? []);
            added.Add(new(suitable.First(p => p.Subnet.Prefix.Contains(lease.Address.Value)).Id, lease, ordinal));
        }

        Renumber(had, added);
    }

    // New addresses follow the others of their family. A segment knows its addresses by their numbers, so these stay.
    private void Renumber(List<Holding> had, List<Holding> added)
    {
        if (added.Count == 0 || had.Concat(added).Any(static h => h.Lease.Epoch is not null)) return;
        List<Holding> order = [.. had];
        foreach (Holding holding in added)
        {
            int last = order.FindLastIndex(h => h.Lease.Address.Value.Family == holding.Lease.Address.Value.Family);
            order.Insert(last < 0 ? order.Count : last + 1, holding);
        }

        for (int i = 0; i < order.Count; i++)
        {
            _database.Execute(
                "UPDATE leases SET ordinal = $3 WHERE pool_id = $1 AND address = $2", order[i].Pool, order[i].Lease.Address.Value.ToBytes(), i);
        }
    }

    private List<Holding> ReadHoldings(string nicId) => _database.Query(
        "SELECT pool_id, address, prefix_length, source, epoch, ordinal, rowid FROM leases WHERE nic_id = $1 ORDER BY ordinal",
        static r => new Holding(r.GetInt64(0), ReadLease(r), r.GetInt32(5)), nicId);

    private sealed record Holding(long Pool, LeaseRecord Lease, int Ordinal);
}
