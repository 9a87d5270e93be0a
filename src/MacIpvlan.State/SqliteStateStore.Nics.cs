using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <content>NICs.</content>
public sealed partial class SqliteStateStore
{
    // Identifies this command among all that change NICs. Created when it's first needed.
    private WorkerLock Worker => _worker ??= new WorkerLock(_path + ".workers");

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetNics(string? networkId = null) => _database.Read(() =>
        networkId is null ? ReadNics("n.host = $1", _host) : ReadNics("n.network_id = $1", networkId));

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetNics(NamespaceIdentity identity) => _database.Read<NicRecord[]>(() =>
        [.. ReadNics("n.namespace_inode = $1", (long)identity.Inode).Where(n => n.Namespace == identity)]);

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetNicsOfName(string container) => _database.Read<NicRecord[]>(() =>
        [.. ReadNics("n.belongs_to_name = 1 AND n.container_name = $1", container).Where(n => n.Container is not null)]);

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetNicsOfContainer(string containerId) => _database.Read(() => ReadNics("n.container_id = $1", containerId));

    /// <inheritdoc/>
    public IReadOnlyList<int> GetOtherParents(string networkId, int parentIndex) => _database.Read<int[]>(() => [.. _database.Query(
        """
        SELECT parent_index, MIN(rowid) AS rowid FROM nics
        WHERE network_id = $1 AND parent_index NOT IN (0, $2) GROUP BY parent_index
        """,
        static r => r.GetInt32(0), networkId, parentIndex)]);

    /// <inheritdoc/>
    public NicRecord? GetHostNic(string networkId) => _database.Read(() =>
        _database.Query("SELECT id, rowid FROM nics WHERE is_host = 1 AND network_id = $1", static r => r.GetString(0), networkId) is [string id]
            ? ReadNics("n.id = $1", id)[0]
            : null);

    /// <inheritdoc/>
    public bool NeedsRecovery() => _database.Read(() => _database.Query(
        """
        SELECT EXISTS (SELECT 1 FROM nics WHERE host = $1 AND worker IS NOT NULL AND worker <> $2)
            OR EXISTS (SELECT 1 FROM former_links f JOIN nics n ON n.id = f.nic_id WHERE n.host = $1 AND f.worker <> $2)
            OR EXISTS (SELECT 1 FROM parent_links p WHERE p.host = $1 AND p.removed_with_last_network = 1
                AND NOT EXISTS (SELECT 1 FROM networks n WHERE n.host = $1 AND n.parent = p.name)
                AND NOT EXISTS (SELECT 1 FROM parent_links u WHERE u.host = $1 AND u.parent = p.name))
        """,
        static r => r.GetBoolean(0), _host, _worker?.Number ?? 0)[0]);

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetAbandonedNics() => _database.Read(() =>
        Dead("nics n", "n").SelectMany(dead => ReadNics("n.worker = $1", dead)).ToList());

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> TakeAbandonedNics() => _database.Write(() =>
    {
        List<NicRecord> taken = [];
        foreach (long dead in Dead("nics n", "n"))
        {
            taken.AddRange(ReadNics("n.worker = $1", dead));
            _database.Execute("UPDATE nics SET worker = $2 WHERE worker = $1", dead, Worker.Number);
        }

        return taken;
    });

    /// <inheritdoc/>
    public NicRecord ReserveNic(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands) => _database.Write(() =>
    {
        ForgetExpired();
        CheckRevision(network);
        return Reserve(nic, network, demands, ReadPools(network.Id));
    });

    /// <inheritdoc/>
    public IReadOnlyList<NicGrant> ReserveNics(IReadOnlyList<NicDemand> demands) =>
        _database.Write<NicGrant[]>(() =>
        {
            ForgetExpired();
            // The NICs of a network come from the same pools.
            Dictionary<string, List<Pool>> pools = [];
            return [.. demands.Select(d => Grant(d, pools))];
        });

    /// <inheritdoc/>
    public NicRecord? TakeNic(string id, NicRecordState state) => _database.Write(() => _database.Execute(
        "UPDATE nics SET state = $2, worker = $3 WHERE id = $1 AND ($4 OR worker IS NULL)",
        id, state.ToString(), Worker.Number, state == NicRecordState.Detaching) > 0
        ? ReadNics("n.id = $1", id)[0]
        : null);

    /// <inheritdoc/>
    public bool UpdateNic(NicRecord nic, NicRecordState? from = null) => UpdateNics([nic], from).Count > 0;

    /// <inheritdoc/>
    public IReadOnlySet<string> UpdateNics(IReadOnlyList<NicRecord> nics, NicRecordState? from = null) =>
        _database.Write<HashSet<string>>(() => [.. nics.Where(n => Update(n, from)).Select(static n => n.Id)]);

    /// <inheritdoc/>
    public void ReleaseNic(string id, IReadOnlyList<ForeignAddress>? foreign = null) => _database.Write(() =>
    {
        if (!FreeLeases("nic_id = $1", id, foreign ?? [])) QueueReleaseOfAll(id);
        return _database.Execute("DELETE FROM nics WHERE id = $1", id);
    });

    private NicGrant Grant(NicDemand demand, Dictionary<string, List<Pool>> known)
    {
        try
        {
            if (!known.TryGetValue(demand.Network.Id, out List<Pool>? pools)) known.Add(demand.Network.Id, pools = ReadPools(demand.Network.Id));
            CheckRevision(demand.Network);
            return new(_database.Part(() => Reserve(demand.Nic, demand.Network, demand.Addresses, pools)), null) { IsAlone = IsAlone(demand.Nic) };
        }
        catch (NetworkException e)
        {
            return new(null, e);
        }
    }

    // Otherwise, the NIC would get what the network was.
    private void CheckRevision(NetworkRecord network)
    {
        if (_database.Query("SELECT revision, rowid FROM networks WHERE id = $1", static r => r.GetInt64(0), network.Id) is not [long revision]
            || revision == network.Revision) return;
        throw new NetworkException(
            NetworkError.NetworkChanged, $"Another command has just changed the network '{network.Name}'.", "Repeat the command.");
    }

    private bool IsAlone(NicRecord nic) => _database.Query(
        "SELECT EXISTS (SELECT 1 FROM nics WHERE namespace_inode = $1 AND id <> $2)", static r => !r.GetBoolean(0),
        (long)nic.Namespace.Inode, nic.Id)[0];

    private NicRecord Reserve(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands, List<Pool> pools)
    {
        // Two processes can see the same labels at the same time.
        if (nic.IsByLabel && _database.Query(
            "SELECT EXISTS (SELECT 1 FROM nics WHERE network_id = $1 AND container_id = $2)", static r => r.GetBoolean(0), network.Id, nic.Container!.Id)[0])
        {
            throw new NetworkException(
                NetworkError.InterfaceExists, $"Another command has just connected the container {nic.Container} to the network '{network.Name}'.");
        }

        long ordinal;
        try
        {
            ordinal = _database.Query(
                """
                INSERT INTO nics (id, host, network_id, state, namespace_name, namespace_path, namespace_device,
                    namespace_inode, boot_id, namespace_cookie, process_id, process_start, worker, is_host,
                    interface_name, interface_index, mac_address, mtu, container_id, container_name, container_runtime,
                    container_image, container_address, container_cgroup, parent_index, default_route, host_addresses,
                    interface_identifier, belongs_to_name, is_by_label, compose_project, compose_service, compose_number,
                    bandwidth_in, bandwidth_out, bandwidth_burst, sysctls, own_mtu)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                    $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)
                RETURNING ordinal
                """,
                static r => r.GetInt64(0),
                nic.Id, _host, nic.NetworkId, nic.State.ToString(), nic.NamespaceName, nic.NamespacePath,
                (long)nic.Namespace.Device, (long)nic.Namespace.Inode, nic.NamespaceBirth.BootId,
                (long)nic.NamespaceBirth.Cookie, nic.ProcessId, nic.ProcessStart, WorkerOf(nic),
                nic.IsHost, nic.InterfaceName, nic.InterfaceIndex, nic.MacAddress.ToString(), nic.Mtu, nic.Container?.Id,
                nic.Container?.Name, nic.Container?.Runtime.ToString(), nic.Container?.Image, nic.Container?.Address,
                nic.Container?.Cgroup, nic.ParentIndex, nic.DefaultRoute, string.Join(' ', nic.HostAddresses),
                nic.InterfaceIdentifier?.ToString(), nic.BelongsToName, nic.IsByLabel, nic.Container?.Instance?.Project,
                nic.Container?.Instance?.Service, nic.Container?.Instance?.Number, nic.Bandwidth.In?.BitsPerSecond, nic.Bandwidth.Out?.BitsPerSecond,
                nic.Bandwidth.Burst, string.Join(' ', nic.Sysctls), nic.OwnMtu)[0];
        }
        catch (StateException e) when (e.ExtendedCode == UniqueViolation)
        {
            throw new NetworkException(
                NetworkError.HostAccessExists,
                $"Another command has just given the host access to the network '{network.Name}'.",
                $"Use this access: Get-HostAccess {network.Name}.");
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.NetworkNotFound, $"Another command has just removed the network '{network.Name}'.");
        }

        if (nic.Dhcp is not null) WriteDhcp(nic.Id, nic.Dhcp);
        LeaseRecord[] leases = new LeaseRecord[demands.Count];
        // Static addresses first, so that a dynamic address doesn't take an address that the same NIC requests.
        for (int i = 0; i < leases.Length; i++)
        {
            if (demands[i].Static is AddressValue address) leases[i] = TakeStatic(nic, i, PoolOf(network, pools, address), address);
        }

        for (int i = 0; i < leases.Length; i++)
        {
            AddressDemand demand = demands[i];
            leases[i] ??= TakeLowest(nic, i, network, [.. pools.Where(p => IsFor(p, demand))], demand.OfHost ?? []);
        }

        return nic with { Ordinal = ordinal, Leases = leases };
    }

    private bool Update(NicRecord nic, NicRecordState? from) => _database.Execute(
        """
        UPDATE nics SET state = $2, namespace_name = $3, namespace_path = $4, namespace_device = $5, namespace_inode = $6,
            boot_id = $7, namespace_cookie = $8, process_id = $9, process_start = $10, worker = $11, interface_name = $12,
            interface_index = $13, mac_address = $14, mtu = $15, container_name = $16, parent_index = $19, host_addresses = $20,
            container_id = $21, container_runtime = $22, container_image = $23, container_address = $24, container_cgroup = $25,
            compose_project = $26, compose_service = $27, compose_number = $28,
            bandwidth_in = $29, bandwidth_out = $30, bandwidth_burst = $31, sysctls = $32
        WHERE id = $1 AND ($17 IS NULL OR (state = $17 AND (worker IS NULL OR worker = $18)))
        """,
        nic.Id, nic.State.ToString(), nic.NamespaceName, nic.NamespacePath, (long)nic.Namespace.Device,
        (long)nic.Namespace.Inode, nic.NamespaceBirth.BootId, (long)nic.NamespaceBirth.Cookie, nic.ProcessId,
        nic.ProcessStart, WorkerOf(nic), nic.InterfaceName, nic.InterfaceIndex, nic.MacAddress.ToString(), nic.Mtu,
        nic.Container?.Name, from?.ToString(), Worker.Number, nic.ParentIndex, string.Join(' ', nic.HostAddresses),
        nic.Container?.Id, nic.Container?.Runtime.ToString(), nic.Container?.Image, nic.Container?.Address, nic.Container?.Cgroup,
        nic.Container?.Instance?.Project, nic.Container?.Instance?.Service, nic.Container?.Instance?.Number,
        nic.Bandwidth.In?.BitsPerSecond, nic.Bandwidth.Out?.BitsPerSecond, nic.Bandwidth.Burst, string.Join(' ', nic.Sysctls)) > 0;

    private long? WorkerOf(NicRecord nic) => nic.IsSettled ? null : Worker.Number;

    // The dead workers of rows of a table.
    private List<long> Dead(string tables, string table) => [.. _database.Query(
        $"SELECT {table}.worker, MIN({table}.rowid) AS rowid FROM {tables} WHERE n.host = $1 AND {table}.worker IS NOT NULL AND {table}.worker <> $2 GROUP BY {table}.worker",
        static r => r.GetInt64(0) is > 0 and long worker ? worker : throw new FormatException("it isn't a worker"), _host, Worker.Number).Where(w => !Worker.IsAlive(w))];

    private List<NicRecord> ReadNics(string condition, object value)
    {
        ILookup<string, StoredLease> leases = _database.Query(
            $"""
            SELECT l.nic_id, l.address, l.prefix_length, l.source, l.epoch, l.ordinal, l.is_obsolete, l.rowid AS rowid FROM leases l
            JOIN nics n ON n.id = l.nic_id WHERE {condition} ORDER BY n.ordinal, l.ordinal
            """,
            static r => new Owned<string, StoredLease>(r.GetString(0), new(ReadLease(r), r.GetBoolean(6))),
            value).ToLookup(static l => l.Owner, static l => l.Value);
        ILookup<string, LeaseRecord> lost = ReadLost(condition, value);
        Dictionary<string, DhcpRecord> dhcp = ReadDhcp(condition, value);
        return _database.Query(
            $"""
            SELECT id, network_id, state, namespace_name, namespace_path, namespace_device, namespace_inode, boot_id,
                namespace_cookie, process_id, process_start, interface_name, interface_index, mac_address, mtu, is_host,
                container_id, container_name, container_runtime, container_image, container_address, container_cgroup,
                parent_index, EXISTS (SELECT 1 FROM networks w WHERE w.id = n.network_id AND w.host = n.host),
                default_route, host_addresses, interface_identifier, belongs_to_name, compose_project, compose_service,
                compose_number, is_by_label, bandwidth_in, bandwidth_out, bandwidth_burst, sysctls, is_disabled, obsolete_routes, own_mtu,
                obsolete_sysctls, n.rowid AS rowid
            FROM nics n WHERE {condition} ORDER BY ordinal
            """,
            r => With(dhcp, new NicRecord
            {
                Id = r.GetString(0),
                NetworkId = ReadNetworkId(r),
                State = r.GetEnum<NicRecordState>(2),
                NamespaceName = r.GetString(3),
                NamespacePath = r.GetString(4),
                Namespace = new NamespaceIdentity((ulong)r.GetInt64(5), (ulong)r.GetInt64(6)),
                NamespaceBirth = new NamespaceBirth(r.GetString(7), (ulong)r.GetInt64(8)),
                ProcessId = r.FindInt32(9),
                ProcessStart = r.IsDBNull(10) ? null : r.GetInt64(10),
                InterfaceName = r.GetString(11),
                InterfaceIndex = r.GetInt32(12),
                MacAddress = r.GetMacAddress(13),
                Mtu = r.GetInt32(14),
                OwnMtu = r.FindInt32(38),
                IsHost = r.GetBoolean(15),
                Container = r.IsDBNull(16) ? null : new Container(
                    r.GetString(16), r.GetString(17), r.GetEnum<ContainerRuntime>(18), r.GetString(19), r.GetString(20))
                {
                    Cgroup = r.GetString(21),
                    Instance = r.IsDBNull(28) ? null : new ComposeInstance(r.GetString(28), r.GetString(29), r.GetInt32(30)),
                },
                BelongsToName = r.GetBoolean(27),
                IsByLabel = r.GetBoolean(31),
                Bandwidth = r.GetBandwidth(32),
                ParentIndex = r.GetInt32(22),
                Ordinal = r.GetInt64(40),
                DefaultRoute = r.FindBoolean(24),
                HostAddresses = [.. r.GetList(25).Select(AddressValue.Parse)],
                InterfaceIdentifier = r.IsDBNull(26) ? null : InterfaceIdentifier.Parse(r.GetString(26)),
                Sysctls = [.. r.GetList(35).Select(NicSysctl.Parse)],
                Leases = [.. leases[r.GetString(0)].Where(static l => !l.IsObsolete).Select(static l => l.Lease)],
                IsDisabled = r.GetBoolean(36),
                Obsolete = ReadObsolete(leases[r.GetString(0)], r.GetList(37, '\n'), r.GetList(39)),
                LostLeases = [.. lost[r.GetString(0)]],
            }),
            value);
    }

    private static NicRecord With(Dictionary<string, DhcpRecord> dhcp, NicRecord nic) =>
        !dhcp.TryGetValue(nic.Id, out DhcpRecord? known) ? nic
        // With the lease, the kernel has taken the address away.
        : known.Binding is not DhcpBinding binding || binding.IsExpired(BootClock.Now) ? nic with { Dhcp = known }
        // With the address of a fallback, if a command died before the link had the lease instead.
        : nic with { Dhcp = known, Leases = [new(binding.Lease.Address, LeaseSource.Dhcp), .. nic.Leases] };

    private static ObsoleteSettings ReadObsolete(IEnumerable<StoredLease> leases, string[] routes, string[] sysctls)
    {
        LeaseRecord[] obsolete = [.. leases.Where(static l => l.IsObsolete).Select(static l => l.Lease)];
        return obsolete.Length + routes.Length + sysctls.Length == 0 ? ObsoleteSettings.None
            : new(obsolete, [.. routes.Select(ObsoleteRoute.Parse)], [.. sysctls.Select(NicSysctl.Parse)]);
    }

    private static LeaseRecord ReadLease(StateRow row)
    {
        LeaseRecord lease = new(ReadAddress(row), row.GetEnum<LeaseSource>(3));
        return row.IsDBNull(4) ? lease : lease with { Epoch = row.GetInt64(4), Ordinal = row.GetInt32(5) };
    }

    private static InterfaceAddress ReadAddress(StateRow row)
    {
        AddressValue address = row.GetAddress(1);
        return new(address, row.GetInt32(2, most: address.Bits));
    }

    // Whoever reads a NIC looks up its network.
    private static string ReadNetworkId(StateRow row)
    {
        bool exists = row.GetBoolean(23);
        string id = row.GetString(1);
        return exists ? id : throw new FormatException("there is no such network");
    }

    private sealed record StoredLease(LeaseRecord Lease, bool IsObsolete);
}
