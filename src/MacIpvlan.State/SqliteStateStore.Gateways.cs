using MacIpvlan.Addressing;

namespace MacIpvlan.State.Sqlite;

/// <content>Gateways that are NICs: containers that are the routers of others.</content>
public sealed partial class SqliteStateStore
{
    /// <inheritdoc/>
    public IReadOnlyList<string> GetRoutedNetworks(string parent, AddressValue gateway) => _database.Read(() => _database.Query(
        """
        SELECT DISTINCT n.name, n.rowid AS rowid FROM subnets s JOIN networks n ON n.id = s.network_id
        WHERE n.host = $1 AND n.parent = $2 AND s.gateway = $3 ORDER BY lower(n.name)
        """,
        static r => r.GetString(0), _host, parent, gateway.ToString()));

    /// <inheritdoc/>
    public string? DescribeHolder(string parent, AddressValue address) => _database.Read(() => _database.Query(
        """
        SELECT w.name, n.namespace_name, l.rowid AS rowid FROM pools p JOIN leases l ON l.pool_id = p.id
        JOIN nics n ON n.id = l.nic_id JOIN networks w ON w.id = n.network_id
        WHERE p.host = $1 AND p.parent = $2 AND l.address = $3
        """,
        static r => $"a NIC of network '{r.GetString(0)}' in {r.GetString(1)}",
        _host, parent, address.ToBytes()).FirstOrDefault());
}
