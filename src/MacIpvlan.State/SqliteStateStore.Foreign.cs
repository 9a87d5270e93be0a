using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <content>
/// Addresses that other stations on the wire have. They're in the runs, so allocation skips them. They expire by the
/// time since boot, because the time of day can be set back or forward, and with the boot.
/// </content>
public sealed partial class SqliteStateStore
{
    // The address is already in the runs, because the NIC that releases it had a lease on it.
    private void Mark(long pool, ForeignAddress foreign) => _database.Execute(
        "INSERT INTO foreign_addresses (pool_id, address, mac_address, boot_id, until) VALUES ($1, $2, $3, $4, $5)",
        pool, foreign.Address.ToBytes(), foreign.MacAddress.ToString(), HostBoot.Id,
        (long)(SinceBoot + (foreign.Until - _clock.GetUtcNow())).TotalMilliseconds);

    private void Forget(long pool, AddressValue address)
    {
        int known = _database.Execute(
            "DELETE FROM foreign_addresses WHERE pool_id = $1 AND address = $2", pool, address.ToBytes());
        if (known > 0) RemoveFromRun(pool, address);
    }

    private void ForgetExpired()
    {
        List<Owned<PoolId, AddressValue>> expired = _database.Query(
            "SELECT pool_id, address, rowid FROM foreign_addresses WHERE until <= $1 OR boot_id <> $2",
            static r => new Owned<PoolId, AddressValue>(new(r.GetInt64(0)), r.GetAddress(1)),
            (long)SinceBoot.TotalMilliseconds, HostBoot.Id);
        foreach ((PoolId pool, AddressValue address) in expired) Forget(pool.Id, address);
    }

    private int CountForeign(Pool pool) => _database.Query(
        "SELECT COUNT(*) FROM foreign_addresses WHERE pool_id = $1", static r => r.GetInt32(0), pool.Id)[0];

    // An expired entry has no time.
    private ILookup<PoolId, HeldAddress> ReadForeign(string pools, string value) => _database.Query(
        $"SELECT pool_id, address, mac_address, until, boot_id, rowid FROM foreign_addresses WHERE pool_id IN ({pools}) ORDER BY pool_id, address",
        r => new Owned<PoolId, HeldAddress>(new(r.GetInt64(0)), ReadForeign(r)), value)
        .ToLookup(static f => f.Owner, static f => f.Value);

    private HeldAddress ReadForeign(StateRow row)
    {
        TimeSpan left = TimeSpan.FromMilliseconds(row.GetInt64(3)) - SinceBoot;
        bool isExpired = left <= TimeSpan.Zero || row.GetString(4) != HostBoot.Id;
        return new(
            new(
                row.GetAddress(1), row.GetMacAddress(2),
                isExpired ? default : (_clock.GetUtcNow() + left).ToLocalTime()),
            isExpired);
    }

    private sealed record HeldAddress(ForeignAddress Address, bool IsExpired);

    // The kernel counts it for all processes.
    private TimeSpan SinceBoot => _clock.GetElapsedTime(0);
}
