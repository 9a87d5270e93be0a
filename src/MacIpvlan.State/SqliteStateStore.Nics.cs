using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using Microsoft.Data.Sqlite;

namespace MacIpvlan.State.Sqlite;

/// <content>NICs and their leases.</content>
public sealed partial class SqliteStateStore
{
    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetNics(string? networkId = null) => _database.Read(() =>
    {
        ILookup<string, LeaseRecord> leases = _database.Query(
            """
            SELECT l.nic_id, l.address, l.prefix_length, l.source FROM leases l JOIN nics n ON n.id = l.nic_id
            WHERE n.host = $1 AND ($2 IS NULL OR n.network_id = $2) ORDER BY n.ordinal, l.ordinal
            """,
            static r => (Nic: r.GetString(0), Lease: new LeaseRecord(
                new(AddressValue.FromBytes(r.GetFieldValue<byte[]>(1)), r.GetInt32(2)),
                Enum.Parse<LeaseSource>(r.GetString(3)))),
            _host, networkId).ToLookup(static l => l.Nic, static l => l.Lease);
        return _database.Query(
            """
            SELECT id, network_id, state, namespace_name, namespace_path, namespace_device, namespace_inode, process_id,
                interface_name, interface_index, mac_address, mtu FROM nics
            WHERE host = $1 AND ($2 IS NULL OR network_id = $2) ORDER BY ordinal
            """,
            r => new NicRecord
            {
                Id = r.GetString(0),
                NetworkId = r.GetString(1),
                State = Enum.Parse<NicState>(r.GetString(2)),
                NamespaceName = r.GetString(3),
                NamespacePath = r.GetString(4),
                Namespace = new NamespaceIdentity((ulong)r.GetInt64(5), (ulong)r.GetInt64(6)),
                ProcessId = r.IsDBNull(7) ? null : r.GetInt32(7),
                InterfaceName = r.GetString(8),
                InterfaceIndex = r.GetInt32(9),
                MacAddress = PhysicalAddress.Parse(r.GetString(10)),
                Mtu = r.GetInt32(11),
                Leases = [.. leases[r.GetString(0)]],
            },
            _host, networkId);
    });

    /// <inheritdoc/>
    public bool IsSuperseded(NicRecord nic) => _database.Read(() => _database.Query(
        """
        SELECT 1 FROM nics WHERE host = $1 AND namespace_device = $2 AND namespace_inode = $3 AND interface_index = $4
            AND ordinal > (SELECT ordinal FROM nics WHERE id = $5)
        """,
        static r => r.GetInt32(0),
        _host, (long)nic.Namespace.Device, (long)nic.Namespace.Inode, nic.InterfaceIndex, nic.Id).Count > 0);

    /// <inheritdoc/>
    public NicRecord ReserveNic(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands) =>
        _database.Write(() =>
        {
            try
            {
                _database.Execute(
                    """
                    INSERT INTO nics (id, host, network_id, state, namespace_name, namespace_path, namespace_device,
                        namespace_inode, process_id, interface_name, interface_index, mac_address, mtu)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                    """,
                    nic.Id, _host, nic.NetworkId, nic.State.ToString(), nic.NamespaceName, nic.NamespacePath,
                    (long)nic.Namespace.Device, (long)nic.Namespace.Inode, nic.ProcessId, nic.InterfaceName,
                    nic.InterfaceIndex, nic.MacAddress.ToString(), nic.Mtu);
            }
            catch (SqliteException e) when (e.SqliteErrorCode == ConstraintViolation)
            {
                throw new NetworkException(
                    NetworkError.NetworkNotFound, $"The network '{network.Name}' has been removed meanwhile.");
            }

            List<Pool> pools = _database.Query(
                "SELECT pool_id, prefix, gateway, ranges, excluded FROM subnets WHERE network_id = $1 ORDER BY ordinal",
                static r => new Pool(r.GetInt64(0), ReadSubnet(r)), network.Id);
            LeaseRecord[] leases = new LeaseRecord[demands.Count];
            // Static addresses first: a dynamic one must not take what is asked for by number in the same breath.
            foreach (int i in Enumerable.Range(0, demands.Count).OrderBy(i => demands[i].Static is null))
            {
                leases[i] = demands[i].Static is AddressValue address
                    ? TakeStatic(nic.Id, i, PoolOf(pools, address), address)
                    : TakeLowest(nic.Id, i, network, pools.Where(p => p.Subnet.Prefix.Family == demands[i].Family));
            }

            return nic with { Leases = leases };
        });

    /// <inheritdoc/>
    public void UpdateNic(NicRecord nic) => _database.Write(() => _database.Execute(
        """
        UPDATE nics SET state = $2, interface_name = $3, interface_index = $4, mac_address = $5, mtu = $6 WHERE id = $1
        """,
        nic.Id, nic.State.ToString(), nic.InterfaceName, nic.InterfaceIndex, nic.MacAddress.ToString(), nic.Mtu));

    /// <inheritdoc/>
    public void ReleaseNic(string id) => _database.Write(() =>
    {
        List<(long Pool, byte[] Address)> leases = _database.Query(
            "SELECT pool_id, address FROM leases WHERE nic_id = $1",
            static r => (r.GetInt64(0), r.GetFieldValue<byte[]>(1)), id);
        foreach ((long pool, byte[] address) in leases) RemoveFromRun(pool, AddressValue.FromBytes(address));
        _database.Execute("DELETE FROM leases WHERE nic_id = $1", id);
        return _database.Execute("DELETE FROM nics WHERE id = $1", id);
    });

    private static Pool PoolOf(List<Pool> pools, AddressValue address)
    {
        int i = pools.FindIndex(p => p.Subnet.Prefix.Contains(address));
        return i >= 0 ? pools[i] : throw new NetworkException(
            NetworkError.InvalidAddress,
            $"{address} is in no subnet of the network ({string.Join(", ", pools.Select(p => p.Subnet.Prefix))}).");
    }

    private LeaseRecord TakeLowest(string nicId, int ordinal, NetworkRecord network, IEnumerable<Pool> pools)
    {
        foreach (Pool pool in pools)
        {
            IReadOnlyList<AddressRange> allocatable =
                AddressPool.Allocatable(pool.Subnet.Prefix, [.. pool.Subnet.Ranges], Withheld(pool));
            foreach (AddressRange range in allocatable)
            {
                AddressValue candidate = RunContaining(pool.Id, range.First) is AddressRange run
                    ? Next(run.Last)
                    : range.First;
                if (range.Contains(candidate)) return Take(nicId, ordinal, pool, candidate, LeaseSource.Pool);
            }
        }

        throw new NetworkException(
            NetworkError.AddressesExhausted,
            $"No address is free on network '{network.Name}'.",
            "Disconnect NICs that are not needed, widen the IP range, or add a subnet.");
    }

    private LeaseRecord TakeStatic(string nicId, int ordinal, Pool pool, AddressValue address)
    {
        if (!Withheld(pool).Any(range => range.Contains(address)))
        {
            return Take(nicId, ordinal, pool, address, LeaseSource.Static);
        }

        throw new NetworkException(
            NetworkError.InvalidAddress,
            $"The address {address} is withheld from NICs: it is a gateway, or excluded.",
            "Ask for another address; Get-ContainerNetwork shows gateways and excluded addresses of each subnet.");
    }

    // Every network that shares the address book withholds its gateway and exclusions from all.
    private IEnumerable<AddressRange> Withheld(Pool pool) => _database.Query(
        "SELECT network_id, prefix, gateway, ranges, excluded FROM subnets WHERE pool_id = $1", ReadSubnet, pool.Id)
        .SelectMany(static s => s.Withheld);

    private LeaseRecord Take(string nicId, int ordinal, Pool pool, AddressValue address, LeaseSource source)
    {
        int prefixLength = pool.Subnet.Prefix.PrefixLength;
        try
        {
            _database.Execute(
                """
                INSERT INTO leases (pool_id, address, nic_id, ordinal, prefix_length, source)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                pool.Id, address.ToBytes(), nicId, ordinal, prefixLength, source.ToString());
        }
        catch (SqliteException e) when (e.SqliteErrorCode == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.AddressInUse,
                $"The address {address} is taken{Holder(pool.Id, address)}.",
                "Ask for another address, or disconnect the NIC that holds it.");
        }

        AddToRun(pool.Id, address);
        return new LeaseRecord(new(address, prefixLength), source);
    }

    private string Holder(long pool, AddressValue address) => _database.Query(
        """
        SELECT w.name, n.namespace_name FROM leases l JOIN nics n ON n.id = l.nic_id JOIN networks w ON w.id = n.network_id
        WHERE l.pool_id = $1 AND l.address = $2
        """,
        static r => $" by a NIC of network '{r.GetString(0)}' in {r.GetString(1)}",
        pool, address.ToBytes()).FirstOrDefault() ?? "";

    private AddressRange? RunContaining(long pool, AddressValue address)
    {
        List<AddressRange> runs = _database.Query(
            "SELECT first, last FROM runs WHERE pool_id = $1 AND first <= $2 ORDER BY first DESC LIMIT 1",
            ReadRun, pool, address.ToBytes());
        return runs.Count == 1 && runs[0].Contains(address) ? runs[0] : null;
    }

    private void AddToRun(long pool, AddressValue address)
    {
        AddressRange? before = address.Number > 0 ? RunContaining(pool, Previous(address)) : null;
        List<AddressRange> after = _database.Query(
            "SELECT first, last FROM runs WHERE pool_id = $1 AND first = $2", ReadRun, pool, Next(address).ToBytes());
        AddressValue last = after.Count == 1 ? after[0].Last : address;
        if (after.Count == 1) DeleteRun(pool, after[0].First);
        if (before is not null)
        {
            _database.Execute(
                "UPDATE runs SET last = $3 WHERE pool_id = $1 AND first = $2",
                pool, before.Value.First.ToBytes(), last.ToBytes());
            return;
        }

        InsertRun(pool, address, last);
    }

    private void RemoveFromRun(long pool, AddressValue address)
    {
        if (RunContaining(pool, address) is not AddressRange run) return;
        DeleteRun(pool, run.First);
        if (run.First != address) InsertRun(pool, run.First, Previous(address));
        if (run.Last != address) InsertRun(pool, Next(address), run.Last);
    }

    private void InsertRun(long pool, AddressValue first, AddressValue last) => _database.Execute(
        "INSERT INTO runs (pool_id, first, last) VALUES ($1, $2, $3)", pool, first.ToBytes(), last.ToBytes());

    private void DeleteRun(long pool, AddressValue first) =>
        _database.Execute("DELETE FROM runs WHERE pool_id = $1 AND first = $2", pool, first.ToBytes());

    private static AddressRange ReadRun(SqliteDataReader row) => new(
        AddressValue.FromBytes(row.GetFieldValue<byte[]>(0)), AddressValue.FromBytes(row.GetFieldValue<byte[]>(1)));

    private static AddressValue Next(AddressValue address) => address with { Number = address.Number + 1 };

    private static AddressValue Previous(AddressValue address) => address with { Number = address.Number - 1 };

    private readonly record struct Pool(long Id, SubnetRecord Subnet);
}
