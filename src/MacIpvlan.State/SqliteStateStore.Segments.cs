using MacIpvlan.Addressing;

namespace MacIpvlan.State.Sqlite;

/// <content>
/// Segments: the databases that their addresses are from, this host's copy of what they granted, and what they must still be
/// told.
/// </content>
public sealed partial class SqliteStateStore
{
    private const int MinGrace = 60;

    /// <inheritdoc/>
    public IReadOnlyList<AddressDatabaseRecord> GetAddressDatabases(string? name = null) => _database.Read<AddressDatabaseRecord[]>(() =>
        [.. _database.Query(
            """
            SELECT name, host_id, connection_string, password_file, timeout, rowid FROM address_databases
            WHERE host = $1 AND ($2 IS NULL OR lower(name) = lower($2))
            """,
            static r => new AddressDatabaseRecord
            {
                Name = r.GetString(0),
                HostId = Guid.Parse(r.GetString(1)),
                ConnectionString = r.GetString(2),
                PasswordFile = r.IsDBNull(3) ? null : r.GetString(3),
                TimeoutSeconds = r.GetInt32(4, least: 1),
            },
            _host, name).OrderBy(static d => d.Name, NaturalOrder.Comparer)]);

    /// <inheritdoc/>
    public void AddAddressDatabase(AddressDatabaseRecord database) => _database.Write(() =>
    {
        try
        {
            return _database.Execute(
                """
                INSERT INTO address_databases (host, name, host_id, connection_string, password_file, timeout)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                _host, database.Name, database.HostId.ToString(), database.ConnectionString, database.PasswordFile, database.TimeoutSeconds);
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.AddressDatabaseExists,
                $"An address database named '{database.Name}' is already known.",
                "Choose another name, or forget that one first with Unregister-AddressDatabase.");
        }
    });

    /// <inheritdoc/>
    public void RemoveAddressDatabase(string name) => _database.Write(() =>
    {
        List<string> users = _database.Query(
            "SELECT name, rowid FROM networks WHERE host = $1 AND lower(address_database) = lower($2) ORDER BY name",
            static r => r.GetString(0), _host, name);
        if (users.Count > 0)
        {
            throw new NetworkException(
                NetworkError.AddressDatabaseInUse,
                $"Networks of this host have their addresses from '{name}': {string.Join(", ", users)}.",
                "Remove them first.");
        }

        _database.Execute("DELETE FROM notices WHERE host = $1 AND lower(address_database) = lower($2)", _host, name);
        return _database.Execute("DELETE FROM address_databases WHERE host = $1 AND lower(name) = lower($2)", _host, name);
    });

    /// <inheritdoc/>
    public IReadOnlySet<string> SetSegmentLeases(IReadOnlyList<NicRecord> nics) => _database.Write<HashSet<string>>(() =>
    {
        Dictionary<string, List<Pool>> pools = [];
        return [.. nics.Where(n => SetSegmentLeases(n, pools)).Select(static n => n.Id)];
    });

    /// <inheritdoc/>
    public void SetSegment(string networkId, SegmentDefinition definition) => _database.Write(() =>
    {
        if (ReadNetworks("n.host = $1 AND n.id = $2", _host, networkId) is not [NetworkRecord network]) return 0;
        _database.Execute(
            "UPDATE networks SET away_policy = $2, grace = $3 WHERE id = $1", networkId, definition.AwayPolicy.ToString(), definition.GraceSeconds);
        _database.Execute("DELETE FROM subnets WHERE network_id = $1", networkId);
        AddSubnets(network with { Subnets = definition.Subnets });
        return DeleteUnusedPools();
    });

    /// <inheritdoc/>
    public void LoseLease(string nicId, AddressValue address) => _database.Write(() => Lose(nicId, address));

    /// <inheritdoc/>
    public void ForgetLostLeases(string nicId) => _database.Write(() => _database.Execute("DELETE FROM lost_leases WHERE nic_id = $1", nicId));

    /// <inheritdoc/>
    public IReadOnlyList<DatabaseNotice> GetNotices(string database) => _database.Read(() => _database.Query(
        """
        SELECT ordinal, network_id, nic_id, epoch, address, mac_address, until, rowid FROM notices
        WHERE host = $1 AND lower(address_database) = lower($2) ORDER BY ordinal
        """,
        ReadNotice, _host, database));

    /// <inheritdoc/>
    public void RemoveNotices(IReadOnlyList<DatabaseNotice> notices) => _database.Write(() =>
    {
        foreach (DatabaseNotice notice in notices) _database.Execute("DELETE FROM notices WHERE ordinal = $1", notice.Ordinal);
        return 0;
    });

    private static DatabaseNotice ReadNotice(StateRow row)
    {
        long ordinal = row.GetInt64(0);
        if (!row.IsDBNull(1)) return new NetworkLeave(row.GetString(1)) { Ordinal = ordinal };
        AddressValue? address = row.IsDBNull(4) ? null : row.GetAddress(4);
        ForeignAddress? foreign = address is null || row.IsDBNull(5)
            ? null : new(address, row.GetMacAddress(5), DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(6)));
        return new AddressRelease(row.GetString(2), row.GetInt64(3), address, foreign) { Ordinal = ordinal };
    }

    private bool SetSegmentLeases(NicRecord nic, Dictionary<string, List<Pool>> known)
    {
        if (_database.Query("SELECT 1 FROM nics WHERE id = $1", static r => r.GetInt32(0), nic.Id).Count == 0) return false;
        foreach (FreedLease old in _database.Query(
            "SELECT pool_id, address, epoch, rowid FROM leases WHERE nic_id = $1 AND epoch IS NOT NULL AND is_obsolete = 0",
            static r => new FreedLease(r.GetInt64(0), r.GetAddress(1), r.GetInt64(2)), nic.Id))
        {
            Delete(old.Pool, old.Address);
        }

        if (!known.TryGetValue(nic.NetworkId, out List<Pool>? pools)) known.Add(nic.NetworkId, pools = ReadPools(nic.NetworkId));
        foreach (LeaseRecord lease in nic.Leases.Where(static l => l.Epoch is not null))
        {
            AddressValue address = lease.Address.Value;
            Pool pool = pools.Find(p => p.IsFallback == (lease.Source == LeaseSource.DhcpFallback) && p.Subnet.Prefix.Contains(address))
                ?? throw new NetworkException(
                    NetworkError.SegmentDiffers, $"The segment has granted {address}, which isn't in a subnet on record here.",
                    "Record the segment as it is now: Repair-ContainerNetwork.");
            foreach (string former in _database.Query(
                "SELECT nic_id, rowid FROM leases WHERE pool_id = $1 AND address = $2", static r => r.GetString(0), pool.Id, address.ToBytes()))
            {
                Lose(former, address);
            }

            _database.Execute(
                """
                INSERT INTO leases (pool_id, address, nic_id, ordinal, prefix_length, source, epoch)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                pool.Id, address.ToBytes(), nic.Id, lease.Ordinal, lease.Address.PrefixLength, lease.Source.ToString(), lease.Epoch);
            AddToRun(pool.Id, address);
        }

        return true;
    }

    private int Lose(string nicId, AddressValue address)
    {
        _database.Execute(
            """
            INSERT INTO lost_leases (nic_id, address, ordinal, prefix_length, source)
            SELECT nic_id, address, ordinal, prefix_length, source FROM leases WHERE nic_id = $1 AND address = $2 AND epoch IS NOT NULL
            ON CONFLICT DO NOTHING
            """,
            nicId, address.ToBytes());
        foreach (FreedLease lease in _database.Query(
            "SELECT pool_id, address, epoch, rowid FROM leases WHERE nic_id = $1 AND address = $2 AND epoch IS NOT NULL",
            static r => new FreedLease(r.GetInt64(0), r.GetAddress(1), r.GetInt64(2)), nicId, address.ToBytes()))
        {
            Delete(lease.Pool, lease.Address);
        }

        return 0;
    }

    private void Delete(long pool, AddressValue address)
    {
        _database.Execute("DELETE FROM leases WHERE pool_id = $1 AND address = $2", pool, address.ToBytes());
        RemoveFromRun(pool, address);
    }

    private ILookup<string, LeaseRecord> ReadLost(string condition, object value) => _database.Query(
        $"""
        SELECT l.nic_id, l.address, l.prefix_length, l.source, 0, l.ordinal, l.rowid AS rowid FROM lost_leases l
        JOIN nics n ON n.id = l.nic_id WHERE {condition} ORDER BY n.ordinal, l.ordinal
        """,
        static r => new Owned<string, LeaseRecord>(r.GetString(0), ReadLease(r)), value).ToLookup(static l => l.Owner, static l => l.Value);

    // With the freed address, in one transaction: whatever happens, the database is told.
    private void QueueRelease(string nicId, FreedLease lease, ForeignAddress? foreign) => _database.Execute(
        """
        INSERT INTO notices (host, address_database, nic_id, epoch, address, mac_address, until)
        SELECT $1, w.address_database, n.id, $3, $4, $5, $6 FROM nics n JOIN networks w ON w.id = n.network_id
        WHERE n.id = $2 AND w.address_database IS NOT NULL
        """,
        // One that isn't confirmed can have been granted, if the answer was lost.
        _host, nicId, lease.Epoch is > 0 and long epoch ? epoch : long.MaxValue, lease.Address.ToBytes(), foreign?.MacAddress.ToString(),
        foreign?.Until.ToUnixTimeSeconds());

    // With the network, in one transaction.
    private void QueueLeave(string networkId) => _database.Execute(
        """
        INSERT INTO notices (host, address_database, network_id)
        SELECT host, address_database, id FROM networks WHERE id = $1 AND address_database IS NOT NULL
        """,
        networkId);

    // A command that died can have been granted addresses that it didn't record.
    private void QueueReleaseOfAll(string nicId) => _database.Execute(
        """
        INSERT INTO notices (host, address_database, nic_id, epoch)
        SELECT $1, w.address_database, n.id, $3 FROM nics n JOIN networks w ON w.id = n.network_id
        WHERE n.id = $2 AND w.address_database IS NOT NULL
        """,
        _host, nicId, long.MaxValue);

    private static NetworkSegment? ReadSegment(StateRow row) => row.IsDBNull(23) ? null : new(row.GetString(23), row.GetString(24))
    {
        AwayPolicy = row.GetEnum<AwayPolicy>(25),
        GraceSeconds = row.IsDBNull(26) ? null : row.GetInt32(26, MinGrace),
    };
}
