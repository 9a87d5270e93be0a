using MacIpvlan.Addressing;

namespace MacIpvlan.State.Sqlite;

/// <content>
/// Leases: addresses of pools are taken and freed. Each pool has its leases as runs too, so that the lowest free address is found by
/// one query.
/// </content>
public sealed partial class SqliteStateStore
{
    private List<Pool> ReadPools(string networkId)
    {
        List<Owned<PoolId, StoredSubnet>> subnets = _database.Query(
            "SELECT pool_id, prefix, gateway, ranges, excluded, is_fallback, rowid FROM subnets WHERE network_id = $1 ORDER BY ordinal",
            static r => new Owned<PoolId, StoredSubnet>(new(r.GetInt64(0)), new(ReadSubnet(r), r.GetBoolean(5))), networkId);
        return [.. subnets.Select(s => new Pool(s.Owner.Id, s.Value.Subnet, Withheld(s.Owner.Id), s.Value.IsFallback))];
    }

    // Networks that share a pool withhold their gateways and exclusions from each other.
    private AddressRange[] Withheld(long pool) => [.. _database.Query(
        "SELECT network_id, prefix, gateway, ranges, excluded, rowid FROM subnets WHERE pool_id = $1", ReadSubnet, pool)
        .SelectMany(static s => s.Withheld)];

    private static bool IsFor(Pool pool, AddressDemand demand) =>
        !pool.IsFallback && pool.Subnet.Prefix.Family == demand.Family;

    private static Pool PoolOf(NetworkRecord network, List<Pool> pools, AddressValue address)
    {
        int i = pools.FindIndex(p => !p.IsFallback && p.Subnet.Prefix.Contains(address));
        return i >= 0 ? pools[i] : throw new NetworkException(
            NetworkError.InvalidAddress,
            $"{address} can't be allocated: the addresses of '{network.Name}' are from {string.Join(", ", network.Addresses.Texts)}.");
    }

    private LeaseRecord TakeLowest(
        NicRecord nic, int ordinal, NetworkRecord network, IReadOnlyList<Pool> pools, IReadOnlyCollection<AddressValue> ofHost,
        LeaseSource source = LeaseSource.Pool)
    {
        foreach (Pool pool in pools)
        {
            IEnumerable<AddressRange> ofHostHere = ofHost.Where(pool.Subnet.Prefix.Contains).Select(static a => new AddressRange(a, a));
            IReadOnlyList<AddressRange> allocatable =
                AddressPool.Allocatable(pool.Subnet.Prefix, [.. pool.Subnet.Ranges], pool.Withheld.Concat(ofHostHere));
            foreach (AddressRange range in allocatable)
            {
                AddressValue? candidate = RunContaining(pool.Id, range.First) is AddressRange run ? run.Last.Next() : range.First;
                if (candidate is not null && range.Contains(candidate)) return Take(nic, ordinal, pool, candidate, source);
            }
        }

        int foreign = pools.Sum(CountForeign);
        throw new NetworkException(
            NetworkError.AddressesExhausted,
            $"The network '{network.Name}' has no free address"
            + $"{(foreign == 0 ? "" : $"; other stations on the wire have {foreign}")}.",
            "Disconnect unused NICs, widen the IP range, or add a subnet.");
    }

    private LeaseRecord TakeStatic(NicRecord nic, int ordinal, Pool pool, AddressValue address)
    {
        // A requested address is allocated even if it's withheld, because a container can be the router of others; and
        // even if another station had it: a network with probes probes it again.
        Forget(pool.Id, address);
        return Take(nic, ordinal, pool, address, LeaseSource.Static);
    }

    private LeaseRecord Take(NicRecord nic, int ordinal, Pool pool, AddressValue address, LeaseSource source)
    {
        // With the subnet's prefix length, the host would get a second route to the whole subnet.
        LeaseRecord lease = new(new(address, nic.IsHost ? address.Bits : pool.Subnet.Prefix.PrefixLength), source);
        Insert(nic, ordinal, pool, lease);
        return lease;
    }

    private void Insert(NicRecord nic, int ordinal, Pool pool, LeaseRecord lease)
    {
        AddressValue address = lease.Address.Value;
        try
        {
            _database.Execute(
                """
                INSERT INTO leases (pool_id, address, nic_id, ordinal, prefix_length, source, epoch)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                pool.Id, address.ToBytes(), nic.Id, ordinal, lease.Address.PrefixLength, lease.Source.ToString(), lease.Epoch);
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.AddressInUse,
                $"The address {address} is taken{Holder(pool.Id, address)}.",
                "Specify another address, or disconnect that NIC.");
        }

        AddToRun(pool.Id, address);
    }

    private string Holder(long pool, AddressValue address, LeaseSource? source = null) => _database.Query(
        """
        SELECT w.name, n.namespace_name, n.rowid AS rowid FROM leases l JOIN nics n ON n.id = l.nic_id JOIN networks w ON w.id = n.network_id
        WHERE l.pool_id = $1 AND l.address = $2 AND ($3 IS NULL OR l.source = $3)
        """,
        static r => $" by a NIC of network '{r.GetString(0)}' in {r.GetString(1)}",
        pool, address.ToBytes(), source?.ToString()).FirstOrDefault() ?? "";

    private AddressRange? RunContaining(long pool, AddressValue address)
    {
        List<AddressRange> runs = _database.Query(
            "SELECT first, last, rowid FROM runs WHERE pool_id = $1 AND first <= $2 ORDER BY first DESC LIMIT 1",
            ReadRun, pool, address.ToBytes());
        return runs.Count == 1 && runs[0].Contains(address) ? runs[0] : null;
    }

    private void AddToRun(long pool, AddressValue address)
    {
        AddressRange? before = address.Previous() is AddressValue previous ? RunContaining(pool, previous) : null;
        List<AddressRange> after = address.Next() is not AddressValue next ? [] : _database.Query(
            "SELECT first, last, rowid FROM runs WHERE pool_id = $1 AND first = $2", ReadRun, pool, next.ToBytes());
        AddressValue last = after.Count == 1 ? after[0].Last : address;
        if (after.Count == 1) DeleteRun(pool, after[0].First);
        if (before is not null)
        {
            _database.Execute(
                "UPDATE runs SET last = $3 WHERE pool_id = $1 AND first = $2",
                pool, before.First.ToBytes(), last.ToBytes());
            return;
        }

        InsertRun(pool, address, last);
    }

    private void RemoveFromRun(long pool, AddressValue address)
    {
        if (RunContaining(pool, address) is not AddressRange run) return;
        DeleteRun(pool, run.First);
        if (run.First != address) InsertRun(pool, run.First, address.Previous()!);
        if (run.Last != address) InsertRun(pool, address.Next()!, run.Last);
    }

    private void InsertRun(long pool, AddressValue first, AddressValue last) => _database.Execute(
        "INSERT INTO runs (pool_id, first, last) VALUES ($1, $2, $3)", pool, first.ToBytes(), last.ToBytes());

    private void DeleteRun(long pool, AddressValue first) =>
        _database.Execute("DELETE FROM runs WHERE pool_id = $1 AND first = $2", pool, first.ToBytes());

    private static AddressRange ReadRun(StateRow row)
    {
        AddressRange run = new(row.GetAddress(0), row.GetAddress(1));
        return run.First.Family == run.Last.Family && run.First <= run.Last
            ? run
            : throw new FormatException("it ends before it starts");
    }

    // Returns whether some of them are from a segment, whose database must be told.
    private bool FreeLeases(string condition, string nicId, IReadOnlyList<ForeignAddress> foreign)
    {
        List<FreedLease> leases = _database.Query(
            $"SELECT pool_id, address, epoch, rowid FROM leases WHERE {condition}",
            static r => new FreedLease(r.GetInt64(0), r.GetAddress(1), r.IsDBNull(2) ? null : r.GetInt64(2)), nicId);
        foreach (FreedLease lease in leases)
        {
            ForeignAddress? taken = foreign.FirstOrDefault(f => f.Address == lease.Address);
            if (lease.Epoch is not null) QueueRelease(nicId, lease, taken);
            if (taken is not null && lease.Epoch is null) Mark(lease.Pool, taken);
            else RemoveFromRun(lease.Pool, lease.Address);
        }

        _database.Execute($"DELETE FROM leases WHERE {condition}", nicId);
        return leases.Any(static l => l.Epoch is not null);
    }

    private sealed record FreedLease(long Pool, AddressValue Address, long? Epoch);

    private sealed record Pool(long Id, SubnetRecord Subnet, AddressRange[] Withheld, bool IsFallback);
}
