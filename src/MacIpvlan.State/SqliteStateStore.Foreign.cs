using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.State.Sqlite;

/// <content>Addresses that other stations on the wire have. They're in the runs, so allocation skips them.</content>
public sealed partial class SqliteStateStore
{
    // The address is already in the runs, because the NIC that releases it had a lease on it.
    private void Mark(long pool, ForeignAddress foreign) => _database.Execute(
        "INSERT INTO foreign_addresses (pool_id, address, mac_address, until) VALUES ($1, $2, $3, $4)",
        pool, foreign.Address.ToBytes(), foreign.MacAddress.ToString(), foreign.Until.ToUnixTimeSeconds());

    private void Forget(long pool, AddressValue address)
    {
        int known = _database.Execute(
            "DELETE FROM foreign_addresses WHERE pool_id = $1 AND address = $2", pool, address.ToBytes());
        if (known > 0) RemoveFromRun(pool, address);
    }

    private void ForgetExpired()
    {
        List<(long Pool, AddressValue Address)> expired = _database.Query(
            "SELECT pool_id, address FROM foreign_addresses WHERE until <= $1",
            static r => (r.GetInt64(0), AddressValue.FromBytes(r.GetFieldValue<byte[]>(1))),
            DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        foreach ((long pool, AddressValue address) in expired) Forget(pool, address);
    }

    private int CountForeign(Pool pool) => _database.Query(
        "SELECT COUNT(*) FROM foreign_addresses WHERE pool_id = $1", static r => r.GetInt32(0), pool.Id)[0];

    private ILookup<long, ForeignAddress> ReadForeign(string pools, string value) => _database.Query(
        $"SELECT pool_id, address, mac_address, until FROM foreign_addresses WHERE pool_id IN ({pools}) ORDER BY pool_id, address",
        static r => (Pool: r.GetInt64(0), Foreign: new ForeignAddress(
            AddressValue.FromBytes(r.GetFieldValue<byte[]>(1)),
            PhysicalAddress.Parse(r.GetString(2)),
            DateTimeOffset.FromUnixTimeSeconds(r.GetInt64(3)).ToLocalTime())),
        value)
        .ToLookup(static f => f.Pool, static f => f.Foreign);
}
