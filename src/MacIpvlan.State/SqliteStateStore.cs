using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using Microsoft.Data.Sqlite;

namespace MacIpvlan.State.Sqlite;

/// <summary>The state store on SQLite: networks and parents here, NICs and leases in the other part.</summary>
public sealed partial class SqliteStateStore : IStateStore
{
    private const int ConstraintViolation = 19;
    private readonly StateDatabase _database;
    private readonly string _path;
    private readonly string _host;

    /// <summary>Opens the database, and makes it where it is missing.</summary>
    /// <param name="path">The database's file.</param>
    /// <param name="host">Which host the rows are for.</param>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public SqliteStateStore(string path, string host)
    {
        (_path, _host) = (path, host);
        _database = new StateDatabase(path);
    }

    /// <inheritdoc/>
    public IDisposable LockTopology() => new TopologyLock(_path + ".lock");

    /// <inheritdoc/>
    public IReadOnlyList<NetworkRecord> GetNetworks() => _database.Read(() =>
    {
        ILookup<string, SubnetRecord> subnets = _database.Query(
            """
            SELECT s.network_id, s.prefix, s.gateway, s.ranges, s.excluded FROM subnets s
            JOIN networks n ON n.id = s.network_id WHERE n.host = $1 ORDER BY s.network_id, s.ordinal
            """,
            static r => (Network: r.GetString(0), Subnet: ReadSubnet(r)),
            _host).ToLookup(static s => s.Network, static s => s.Subnet);
        return _database.Query(
            """
            SELECT id, name, kind, mode, flag, parent, internal, mtu, route_metric FROM networks
            WHERE host = $1 ORDER BY lower(name)
            """,
            r => new NetworkRecord
            {
                Id = r.GetString(0),
                Name = r.GetString(1),
                NicKind = r.GetString(2) == "macvlan"
                    ? new MacvlanLink(Enum.Parse<MacvlanMode>(r.GetString(3)))
                    : new IpvlanLink(Enum.Parse<IpvlanMode>(r.GetString(3)), Enum.Parse<IpvlanFlag>(r.GetString(4))),
                Parent = r.GetString(5),
                Internal = r.GetBoolean(6),
                Mtu = r.IsDBNull(7) ? null : r.GetInt32(7),
                RouteMetric = r.IsDBNull(8) ? null : r.GetInt32(8),
                Subnets = [.. subnets[r.GetString(0)]],
            },
            _host);
    });

    /// <inheritdoc/>
    public void AddNetwork(NetworkRecord network) => _database.Write(() =>
    {
        (string mode, string? flag) = network.NicKind switch
        {
            MacvlanLink macvlan => (macvlan.Mode.ToString(), null),
            IpvlanLink ipvlan => (ipvlan.Mode.ToString(), ipvlan.Flag.ToString()),
            _ => throw new ArgumentException($"{network.NicKind.Name} is no kind of network.", nameof(network)),
        };
        try
        {
            _database.Execute(
                """
                INSERT INTO networks (id, host, name, kind, mode, flag, parent, internal, mtu, route_metric)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """,
                network.Id, _host, network.Name, network.NicKind.Name, mode, flag, network.Parent,
                network.Internal ? 1 : 0, network.Mtu, network.RouteMetric);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.NetworkExists,
                $"A network named '{network.Name}' exists.",
                "Choose another name, or remove that network first.");
        }

        for (int i = 0; i < network.Subnets.Count; i++)
        {
            SubnetRecord subnet = network.Subnets[i];
            _database.Execute(
                """
                INSERT INTO subnets (network_id, ordinal, pool_id, prefix, gateway, ranges, excluded)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                network.Id, i, EnsurePool(network.Parent, subnet.Prefix), subnet.Prefix.ToString(),
                subnet.Gateway?.ToString(), JoinRanges(subnet.Ranges), JoinRanges(subnet.Excluded));
        }

        return 0;
    });

    /// <inheritdoc/>
    public void RemoveNetwork(string id) => _database.Write(() =>
    {
        try
        {
            _database.Execute("DELETE FROM networks WHERE id = $1", id);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == ConstraintViolation)
        {
            throw new NetworkException(
                NetworkError.NetworkInUse, "The network has NICs.", "Disconnect them first, or remove it with -Force.");
        }

        _database.Execute("DELETE FROM pools WHERE NOT EXISTS (SELECT 1 FROM subnets s WHERE s.pool_id = pools.id)");
        return 0;
    });

    /// <inheritdoc/>
    public IReadOnlyList<ParentLinkRecord> GetParentLinks() => _database.Read(() => _database.Query(
        """
        SELECT name, kind, parent, vlan_id, protocol, removed_with_last_network FROM parent_links
        WHERE host = $1 ORDER BY name
        """,
        static r => new ParentLinkRecord
        {
            Name = r.GetString(0),
            Kind = r.GetString(1) == "vlan"
                ? new VlanLink(r.GetInt32(3), Enum.Parse<VlanProtocol>(r.GetString(4)))
                : new DummyLink(),
            Parent = r.IsDBNull(2) ? null : r.GetString(2),
            RemovedWithLastNetwork = r.GetBoolean(5),
        },
        _host));

    /// <inheritdoc/>
    public void SetParentLink(ParentLinkRecord link) => _database.Write(() =>
    {
        VlanLink? vlan = link.Kind as VlanLink;
        _database.Execute("DELETE FROM parent_links WHERE host = $1 AND name = $2", _host, link.Name);
        return _database.Execute(
            """
            INSERT INTO parent_links (host, name, kind, parent, vlan_id, protocol, removed_with_last_network)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            _host, link.Name, link.Kind.Name, link.Parent, vlan?.VlanId, vlan?.Protocol.ToString(),
            link.RemovedWithLastNetwork ? 1 : 0);
    });

    /// <inheritdoc/>
    public void RemoveParentLink(string name) => _database.Write(() =>
        _database.Execute("DELETE FROM parent_links WHERE host = $1 AND name = $2", _host, name));

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private long EnsurePool(string parent, IPPrefix prefix)
    {
        _database.Execute(
            "INSERT INTO pools (host, parent, prefix) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            _host, parent, prefix.ToString());
        return _database.Query(
            "SELECT id FROM pools WHERE host = $1 AND parent = $2 AND prefix = $3",
            static r => r.GetInt64(0), _host, parent, prefix.ToString())[0];
    }

    private static SubnetRecord ReadSubnet(SqliteDataReader row) => new(
        IPPrefix.Parse(row.GetString(1)),
        row.IsDBNull(2) ? null : AddressValue.Parse(row.GetString(2)),
        SplitRanges(row.GetString(3)),
        SplitRanges(row.GetString(4)));

    private static string JoinRanges(IEnumerable<AddressRange> ranges) =>
        string.Join(' ', ranges.Select(static r => r.ToString()));

    private static AddressRange[] SplitRanges(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(AddressRange.Parse)];
}
