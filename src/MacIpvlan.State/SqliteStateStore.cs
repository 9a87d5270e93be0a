using System.Globalization;
using System.Numerics;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.State.Sqlite;

/// <summary>
/// The state store on SQLite. This part contains networks and parents; other parts contain NICs, leases and segments.
/// </summary>
public sealed partial class SqliteStateStore : IStateStore
{
    private const int MaxVlanId = 4094;
    private const int ConstraintViolation = 19;
    private const int UniqueViolation = 2067;
    private readonly StateDatabase _database;
    private readonly Action<TimeSpan> _pause;
    private readonly string _path;
    private readonly string _host;
    private readonly TimeProvider _clock;
    private WorkerLock? _worker;

    /// <summary>Opens the database, and creates it if it's missing.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="host">The host that the rows belong to.</param>
    /// <param name="pause">Waits for a time while another process holds a lock, or throws to give up.</param>
    /// <param name="clock">The time of day, and the time since boot.</param>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public SqliteStateStore(string path, string host, Action<TimeSpan>? pause = null, TimeProvider? clock = null)
    {
        (_path, _host, _pause, _clock) = (path, host, pause ?? Thread.Sleep, clock ?? TimeProvider.System);
        _database = new StateDatabase(path, _pause);
    }

    /// <inheritdoc/>
    public IDisposable LockTopology()
    {
        _database.ThrowIfReadOnly();
        return new TopologyLock(_path + ".lock", _pause);
    }

    /// <inheritdoc/>
    public long GetVersion() => _database.GetDataVersion();

    /// <inheritdoc/>
    public IReadOnlyList<NetworkRecord> GetNetworks(string? name = null) => _database.Read(() => name is null
        ? ReadNetworks("n.host = $1", _host)
        : ReadNetworks("n.host = $1 AND lower(n.name) = lower($2)", _host, name));

    private NetworkRecord[] ReadNetworks(string isWanted, params object[] values)
    {
        ILookup<string, StoredSubnet> subnets = _database.Query(
            $"""
            SELECT s.network_id, s.prefix, s.gateway, s.ranges, s.excluded, s.is_fallback, s.rowid AS rowid FROM subnets s
            JOIN networks n ON n.id = s.network_id WHERE {isWanted} ORDER BY s.network_id, s.ordinal
            """,
            static r => new Owned<string, StoredSubnet>(r.GetString(0), new(ReadSubnet(r), r.GetBoolean(5))),
            values).ToLookup(static s => s.Owner, static s => s.Value);
        return [.. _database.Query(
            $"""
            SELECT id, name, kind, mode, flag, allowed_macs, bc_queue_length, bc_cutoff, no_promiscuous, parent, internal,
                mtu, route_metric, no_default_route, on_link_gateway, routes, probe_count, probe_timeout,
                router_advertisement, dhcp_timeout, dhcp_class, dhcp_options, interface_identifier, address_database, segment,
                away_policy, grace, allowed_labels, revision, n.rowid AS rowid FROM networks n
            WHERE {isWanted}
            """,
            r => new NetworkRecord
            {
                Id = r.GetString(0),
                Revision = r.GetInt64(28),
                Name = r.GetString(1),
                NicKind = ReadNicKind(r),
                Parent = r.GetString(9),
                Internal = r.GetBoolean(10),
                Mtu = r.FindInt32(11),
                RouteMetric = r.FindInt32(12),
                NoDefaultRoute = r.GetBoolean(13),
                OnLinkGateway = r.GetBoolean(14),
                Routes = [.. r.GetList(15, '\n').Select(NetworkRoute.Parse)],
                Probe = r.IsDBNull(16) ? null : new ProbeSettings(r.GetInt32(16), r.GetInt32(17)),
                RouterAdvertisement = r.IsDBNull(18) ? null : r.GetEnum<RouterAdvertisement>(18),
                InterfaceIdentifier = r.IsDBNull(22) ? null : InterfaceIdentifier.Parse(r.GetString(22)),
                Segment = ReadSegment(r),
                AllowedLabels = [.. r.GetList(27).Select(StateRow.ParseEnum<LabelSetting>)],
                Dhcp = ReadDefinition(r, subnets[r.GetString(0)].FirstOrDefault(static s => s.IsFallback)?.Subnet),
                Subnets = [.. subnets[r.GetString(0)].Where(static s => !s.IsFallback).Select(static s => s.Subnet)],
            },
            values).OrderBy(static n => n.Name, NaturalOrder.Comparer)];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, NetworkUsage> GetUsage(string? networkId = null) => _database.Read(() =>
    {
        string owner = networkId is null ? "host" : "network_id", value = networkId ?? _host;
        string pools = networkId is null
            ? "SELECT id FROM pools WHERE host = $1"
            : "SELECT pool_id FROM subnets WHERE network_id = $1";
        Dictionary<string, NicCount> nics = _database.Query(
            $"SELECT network_id, COUNT(*), MIN(rowid) AS rowid FROM nics WHERE {owner} = $1 AND is_host = 0 GROUP BY network_id",
            static r => new NicCount(r.GetString(0), r.GetInt32(1)), value)
            .ToDictionary(static n => n.Network);
        ILookup<string, AddressValue> hosts = _database.Query(
            $"""
            SELECT n.network_id, l.address, l.rowid AS rowid FROM leases l JOIN nics n ON n.id = l.nic_id
            WHERE n.{owner} = $1 AND n.is_host = 1 AND l.is_obsolete = 0 ORDER BY l.ordinal
            """,
            static r => new Owned<string, AddressValue>(r.GetString(0), r.GetAddress(1)), value)
            .ToLookup(static h => h.Owner, static h => h.Value);
        ILookup<PoolId, AddressRange> runs = _database.Query(
            $"SELECT first, last, pool_id, rowid FROM runs WHERE pool_id IN ({pools})",
            static r => new Owned<PoolId, AddressRange>(new(r.GetInt64(2)), ReadRun(r)), value)
            .ToLookup(static r => r.Owner, static r => r.Value);
        ILookup<PoolId, HeldAddress> foreign = ReadForeign(pools, value);
        // Includes the subnets of other networks that share a pool, because they withhold addresses from each other.
        List<PoolSubnet> subnets = _database.Query(
            $"""
            SELECT network_id, prefix, gateway, ranges, excluded, pool_id, is_fallback, rowid FROM subnets WHERE pool_id IN ({pools})
            ORDER BY network_id, ordinal
            """,
            static r => new PoolSubnet(r.GetString(0), new(r.GetInt64(5)), ReadSubnet(r), r.GetBoolean(6)), value);
        ILookup<PoolId, AddressRange> withheld = subnets
            .SelectMany(static s => s.Subnet.Withheld.Select(w => new Owned<PoolId, AddressRange>(s.Pool, w)))
            .ToLookup(static w => w.Owner, static w => w.Value);
        ILookup<string, PoolSubnet> own = subnets.Where(static s => !s.IsFallback).ToLookup(static s => s.Network);
        // With DHCP, a network can have no subnet.
        List<string> networks = _database.Query(
            $"SELECT id, rowid FROM networks WHERE {(networkId is null ? "host" : "id")} = $1", static r => r.GetString(0), value);
        return networks.ToDictionary(
            static n => n,
            n => new NetworkUsage(
                nics.GetValueOrDefault(n)?.Count ?? 0,
                [.. hosts[n]],
                [.. own[n].Select(s => Usage(s.Subnet, withheld[s.Pool], [.. runs[s.Pool]], [.. foreign[s.Pool]]))]));
    });

    /// <inheritdoc/>
    public void AddNetwork(NetworkRecord network) => _database.Write(() => Add(network));

    /// <inheritdoc/>
    public void ReplaceNetwork(string id, NetworkRecord network) => _database.Write(() =>
    {
        Remove(id);
        return Add(network);
    });

    /// <inheritdoc/>
    public void RenameNetwork(string id, string name) => _database.Write(() =>
    {
        try
        {
            return _database.Execute("UPDATE networks SET name = $2 WHERE id = $1", id, name) > 0
                ? 0
                : throw new NetworkException(NetworkError.NetworkNotFound, "Another command has just removed the network.");
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw NameExists(name);
        }
    });

    private static NetworkException NameExists(string name) => new(
        NetworkError.NetworkExists, $"A network named '{name}' already exists.", "Choose another name, or remove that network first.");

    /// <inheritdoc/>
    public void RemoveNetwork(string id) => _database.Write(() => Remove(id));

    private static readonly string[] s_columns =
    [
        "id", "host", "name", "kind", "mode", "flag", "allowed_macs", "bc_queue_length", "bc_cutoff", "no_promiscuous", "parent", "internal", "mtu",
        "route_metric", "no_default_route", "on_link_gateway", "routes", "probe_count", "probe_timeout", "router_advertisement", "dhcp_timeout",
        "dhcp_class", "dhcp_options", "interface_identifier", "address_database", "segment", "away_policy", "grace", "allowed_labels",
    ];

    private object?[] ValuesOf(NetworkRecord network)
    {
        MacvlanLink? macvlan = network.NicKind as MacvlanLink;
        IpvlanLink? ipvlan = network.NicKind as IpvlanLink;
        return
        [
            network.Id, _host, network.Name, network.NicKind.Name, macvlan?.Mode.ToString() ?? ipvlan!.Mode.ToString(),
            ipvlan?.Flag.ToString(), string.Join(' ', macvlan?.AllowedMacAddresses ?? []),
            macvlan?.BroadcastQueueLength, macvlan?.BroadcastCutoff, macvlan?.NoPromiscuous ?? false, network.Parent,
            network.Internal, network.Mtu, network.RouteMetric, network.NoDefaultRoute, network.OnLinkGateway,
            string.Join('\n', network.Routes), network.Probe?.Count, network.Probe?.TimeoutMilliseconds,
            network.RouterAdvertisement?.ToString(), network.Dhcp?.TimeoutSeconds, network.Dhcp?.VendorClass,
            string.Join(' ', network.Dhcp?.RequestedOptions ?? []), network.InterfaceIdentifier?.ToString(),
            network.Segment?.Database, network.Segment?.Name, network.Segment?.AwayPolicy.ToString(), network.Segment?.GraceSeconds,
            string.Join(' ', network.AllowedLabels),
        ];
    }

    private int Add(NetworkRecord network)
    {
        try
        {
            _database.Execute(
                $"INSERT INTO networks ({string.Join(", ", s_columns)}) VALUES ({string.Join(", ", s_columns.Select(static (_, i) => $"${i + 1}"))})",
                ValuesOf(network));
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw NameExists(network.Name);
        }

        AddSubnets(network);
        return 0;
    }

    private void AddSubnets(NetworkRecord network)
    {
        SubnetRecord[] subnets = [.. network.Pools];
        for (int i = 0; i < subnets.Length; i++)
        {
            SubnetRecord subnet = subnets[i];
            long pool = EnsurePool(network.Parent, subnet.Prefix);
            // In a shared pool, a NIC of another network can have the gateway's address. If it was requested for that NIC,
            // its container is the router.
            if (subnet.Gateway is AddressValue gateway && Holder(pool, gateway, LeaseSource.Pool) is { Length: > 0 } holder)
            {
                throw new NetworkException(
                    NetworkError.AddressInUse,
                    $"The gateway {gateway} is taken{holder}.",
                    "Specify another gateway, or disconnect that NIC first. If its container is the router, connect it again with "
                    + "-IPAddress.");
            }

            _database.Execute(
                """
                INSERT INTO subnets (network_id, ordinal, pool_id, prefix, gateway, ranges, excluded, is_fallback)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                network.Id, i, pool, subnet.Prefix.ToString(),
                subnet.Gateway?.ToString(), JoinRanges(subnet.Ranges), JoinRanges(subnet.Excluded), i >= network.Subnets.Count);
        }
    }

    private int Remove(string id)
    {
        QueueLeave(id);
        try
        {
            _database.Execute("DELETE FROM networks WHERE id = $1", id);
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.NetworkInUse, "The network has NICs.", "Disconnect them first, or remove it with -Force.");
        }

        DeleteUnusedPools();
        return 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ParentLinkRecord> GetParentLinks() => _database.Read<ParentLinkRecord[]>(() => [.. _database.Query(
        """
        SELECT name, kind, parent, vlan_id, protocol, reorder_header, gvrp, mvrp, loose_binding, ingress_map, egress_map,
            mtu, removed_with_last_network, rowid FROM parent_links
        WHERE host = $1
        """,
        static r => new ParentLinkRecord
        {
            Name = r.GetString(0),
            Kind = ReadLinkKind(r),
            Parent = r.IsDBNull(2) ? null : r.GetString(2),
            Mtu = r.FindInt32(11),
            RemovedWithLastNetwork = r.GetBoolean(12),
        },
        _host).OrderBy(static p => p.Name, NaturalOrder.Comparer)]);

    /// <inheritdoc/>
    public void SetParentLink(ParentLinkRecord link) => _database.Write(() => Set(link));

    private int Set(ParentLinkRecord link)
    {
        VlanLink? vlan = link.Kind as VlanLink;
        _database.Execute("DELETE FROM parent_links WHERE host = $1 AND name = $2", _host, link.Name);
        return _database.Execute(
            """
            INSERT INTO parent_links (host, name, kind, parent, vlan_id, protocol, reorder_header, gvrp, mvrp,
                loose_binding, ingress_map, egress_map, mtu, removed_with_last_network)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """,
            _host, link.Name, link.Kind.Name, link.Parent, vlan?.VlanId, vlan?.Protocol.ToString(), vlan?.ReorderHeader,
            vlan?.Gvrp, vlan?.Mvrp, vlan?.LooseBinding, JoinMap(vlan?.IngressPriorityMap), JoinMap(vlan?.EgressPriorityMap),
            link.Mtu, link.RemovedWithLastNetwork);
    }

    /// <inheritdoc/>
    public void RemoveParentLink(string name) => _database.Write(() =>
        _database.Execute("DELETE FROM parent_links WHERE host = $1 AND name = $2", _host, name));

    /// <inheritdoc/>
    public void RenameParent(string name, string newName) => _database.Write(() => Rename(name, newName));

    private int Rename(string name, string newName)
    {
        try
        {
            _database.Execute("UPDATE networks SET parent = $3 WHERE host = $1 AND parent = $2", _host, name, newName);
            _database.Execute("UPDATE pools SET parent = $3 WHERE host = $1 AND parent = $2", _host, name, newName);
            _database.Execute("UPDATE parent_links SET parent = $3 WHERE host = $1 AND parent = $2", _host, name, newName);
            return _database.Execute("UPDATE parent_links SET name = $3 WHERE host = $1 AND name = $2", _host, name, newName);
        }
        catch (StateException e) when (e.Code == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.ParentInUse,
                $"{name} has the name {newName} now, and {newName} is already recorded, for a network with the same subnet or as a sub-interface.",
                $"Remove what is recorded on {newName} first, or give the link its old name again.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _worker?.Dispose();
        _database.Dispose();
    }

    private static SubnetUsage Usage(
        SubnetRecord subnet, IEnumerable<AddressRange> withheld, AddressRange[] runs, HeldAddress[] foreign)
    {
        IReadOnlyList<AddressRange> allocatable = AddressPool.Allocatable(subnet.Prefix, [.. subnet.Ranges], withheld);
        BigInteger size = Sum(allocatable);
        RangeIndex used = new(runs), offered = new(allocatable);
        BigInteger taken = Sum(allocatable.SelectMany(used.Within));
        // Expired entries are free addresses, although they're still in the runs.
        int expired = foreign.Count(f => f.IsExpired && offered.Contains(f.Address.Address));
        return new(
            size, Sum(runs) - foreign.Length, size - taken + expired,
            [.. foreign.Where(static f => !f.IsExpired).Select(static f => f.Address)]);
    }

    private static BigInteger Sum(IEnumerable<AddressRange> ranges) =>
        ranges.Aggregate(BigInteger.Zero, static (sum, r) => sum + r.Size);

    // One of a former subnet of a segment stays as long as NICs have addresses of it.
    private int DeleteUnusedPools() => _database.Execute(
        """
        DELETE FROM pools WHERE NOT EXISTS (SELECT 1 FROM subnets s WHERE s.pool_id = pools.id)
            AND NOT EXISTS (SELECT 1 FROM leases l WHERE l.pool_id = pools.id)
        """);

    private long EnsurePool(string parent, IPPrefix prefix)
    {
        _database.Execute(
            "INSERT INTO pools (host, parent, prefix) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            _host, parent, prefix.ToString());
        return _database.Query(
            "SELECT id FROM pools WHERE host = $1 AND parent = $2 AND prefix = $3",
            static r => r.GetInt64(0), _host, parent, prefix.ToString())[0];
    }

    private static SubnetRecord ReadSubnet(StateRow row)
    {
        IPPrefix prefix = IPPrefix.Parse(row.GetString(1));
        AddressValue? gateway = row.IsDBNull(2) ? null : AddressValue.Parse(row.GetString(2));
        if (gateway is not null && gateway.Family != prefix.Family) throw new FormatException($"{gateway} can't be the gateway of {prefix}");
        return new(prefix, gateway, ReadRanges(row, 3, prefix), ReadRanges(row, 4, prefix));
    }

    private static AddressRange[] ReadRanges(StateRow row, int column, IPPrefix prefix)
    {
        AddressRange[] ranges = [.. row.GetList(column).Select(AddressRange.Parse)];
        return ranges.All(r => r.IsWithin(prefix)) ? ranges : throw new FormatException($"a range isn't within {prefix}");
    }

    private static LinkKind ReadNicKind(StateRow row) => row.GetString(2) switch
    {
        "macvlan" => new MacvlanLink(row.GetEnum<MacvlanMode>(3))
        {
            AllowedMacAddresses = [.. row.GetList(5).Select(StateRow.ParseMacAddress)],
            BroadcastQueueLength = row.FindInt32(6),
            // -1 turns the limit off.
            BroadcastCutoff = row.IsDBNull(7) ? null : row.GetInt32(7, int.MinValue),
            NoPromiscuous = row.GetBoolean(8),
        },
        "ipvlan" => new IpvlanLink(row.GetEnum<IpvlanMode>(3), row.GetEnum<IpvlanFlag>(4)),
        string kind => throw new FormatException($"'{kind}' isn't a kind of network"),
    };

    private static LinkKind ReadLinkKind(StateRow row) => row.GetString(1) switch
    {
        "dummy" => new DummyLink(),
        // The row's parent is read before, so that it isn't missing.
        "vlan" when row.GetString(2).Length > 0 => ReadVlan(row),
        string kind => throw new FormatException($"'{kind}' isn't a kind of parent"),
    };

    private static VlanLink ReadVlan(StateRow row) => new(row.GetInt32(3, 1, MaxVlanId), row.GetEnum<VlanProtocol>(4))
    {
        ReorderHeader = row.FindBoolean(5),
        Gvrp = row.FindBoolean(6),
        Mvrp = row.FindBoolean(7),
        LooseBinding = row.FindBoolean(8),
        IngressPriorityMap = ReadMap(row, 9),
        EgressPriorityMap = ReadMap(row, 10),
    };

    private static string? JoinMap(IEnumerable<(uint From, uint To)>? map) =>
        map is null ? null : string.Join(' ', map.Select(static m => $"{m.From}:{m.To}"));

    private static (uint From, uint To)[] ReadMap(StateRow row, int column) =>
        [.. row.GetList(column).Select(static m => m.Split(':')).Select(static m => m.Length == 2
            ? (uint.Parse(m[0], CultureInfo.InvariantCulture), uint.Parse(m[1], CultureInfo.InvariantCulture))
            : throw new FormatException("it isn't a map of priorities"))];

    private static string JoinRanges(IEnumerable<AddressRange> ranges) =>
        string.Join(' ', ranges.Select(static r => r.ToString()));

    private sealed record NicCount(string Network, int Count);

    private sealed record PoolSubnet(string Network, PoolId Pool, SubnetRecord Subnet, bool IsFallback);
}
