using System.Globalization;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <content>
/// How networks use DHCP, and the part of NICs in it. Deadlines are times since boot, which go on while the host is suspended,
/// and which nobody can set; after a reboot, only the time of day tells how much of a lease is left.
/// </content>
public sealed partial class SqliteStateStore
{
    private const int MaxIdentifierLength = 255;

    /// <inheritdoc/>
    public IReadOnlyList<NicRecord> GetDhcpNics() => _database.Read(() =>
        HasDhcpNics() ? ReadNics("n.host = $1 AND n.id IN (SELECT nic_id FROM dhcp_leases)", _host) : []);

    /// <inheritdoc/>
    public bool SetLease(string nicId, DhcpRecord dhcp, bool keepsFallback = false) => _database.Write(() =>
    {
        // The address of a fallback is free again.
        if (dhcp.Binding is not null && !keepsFallback) Free(nicId, []);
        return WriteDhcp(nicId, dhcp);
    });

    /// <inheritdoc/>
    public LeaseRecord TakeFallback(
        NicRecord nic, NetworkRecord network, IReadOnlyCollection<AddressValue> ofHost, IReadOnlyList<ForeignAddress> foreign) => _database.Write(() =>
    {
        Free(nic.Id, foreign);
        ForgetExpired();
        return TakeLowest(nic, 0, network, [.. ReadPools(network.Id).Where(static p => p.IsFallback)], ofHost, LeaseSource.DhcpFallback);
    });

    /// <inheritdoc/>
    public void FreeFallback(string nicId, IReadOnlyList<ForeignAddress> foreign) => _database.Write(() => Free(nicId, foreign));

    private bool Free(string nicId, IReadOnlyList<ForeignAddress> foreign) =>
        FreeLeases("nic_id = $1 AND source = 'DhcpFallback'", nicId, foreign);

    private bool WriteDhcp(string nicId, DhcpRecord dhcp)
    {
        (DhcpBinding? binding, long? expiresOn) = (dhcp.Binding, null);
        if (binding?.ExpiresAt is TimeSpan end) expiresOn = _clock.GetUtcNow().ToUnixTimeMilliseconds() + (long)(end - BootClock.Now).TotalMilliseconds;
        return _database.Execute(
            """
            INSERT INTO dhcp_leases (nic_id, client_identifier, host_name, reply, options, state, boot_id, renew_at, rebind_at,
                expires_at, expires_on)
            SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM nics WHERE id = $1
            ON CONFLICT (nic_id) DO UPDATE SET client_identifier = $2, host_name = $3, reply = $4, options = $5, state = $6,
                boot_id = $7, renew_at = $8, rebind_at = $9, expires_at = $10, expires_on = $11
            """,
            nicId, dhcp.ClientIdentifier.ToArray(), dhcp.HostName, binding?.Lease.ToBytes(),
            binding is null ? null : string.Join(' ', binding.Lease.OtherOptions.Select(static o => o.Code)),
            binding?.State.ToString(), binding is null ? null : HostBoot.Id, Milliseconds(binding?.RenewAt),
            Milliseconds(binding?.RebindAt), Milliseconds(binding?.ExpiresAt), expiresOn) > 0;
    }

    // Most hosts have none, and don't wait for more.
    private bool HasDhcpNics() => _database.Query("SELECT EXISTS (SELECT 1 FROM dhcp_leases)", static r => r.GetBoolean(0))[0];

    private Dictionary<string, DhcpRecord> ReadDhcp(string condition, object value) =>
        !HasDhcpNics()
        ? []
        : _database.Query(
            $"""
            SELECT d.nic_id, d.client_identifier, d.host_name, d.reply, d.options, d.state, d.boot_id, d.renew_at, d.rebind_at,
                d.expires_at, d.expires_on, d.rowid AS rowid FROM dhcp_leases d JOIN nics n ON n.id = d.nic_id
            WHERE {condition}
            """,
            r => new Owned<string, DhcpRecord>(r.GetString(0), new()
            {
                ClientIdentifier = r.GetBytes(1, MaxIdentifierLength),
                HostName = r.IsDBNull(2) ? null : r.GetString(2),
                Binding = r.IsDBNull(3) ? null : ReadBinding(r),
            }),
            value).ToDictionary(static d => d.Owner, static d => d.Value);

    private DhcpBinding ReadBinding(StateRow row)
    {
        DhcpLease lease = DhcpLease.FromBytes(row.GetBytes(3, DhcpMessage.MaxSize), ReadCodes(row, 4))
            ?? throw new FormatException("it isn't the reply of a DHCP server");
        DhcpBinding binding = new(lease, ReadState(row), ReadTime(row, 7), ReadTime(row, 8), ReadTime(row, 9));
        if (row.GetString(6) == HostBoot.Id) return binding;
        // After a reboot, the client asks whether the address is still right.
        binding = binding with { State = DhcpClientState.Rebooting };
        if (binding.ExpiresAt is not TimeSpan end) return binding;
        TimeSpan left = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)) - _clock.GetUtcNow();
        return binding.Shift(BootClock.Now + left - end);
    }

    private static DhcpClientState ReadState(StateRow row)
    {
        DhcpClientState state = row.GetEnum<DhcpClientState>(5);
        return state is DhcpClientState.Bound or DhcpClientState.Renewing or DhcpClientState.Rebinding or DhcpClientState.Rebooting
            ? state
            : throw new FormatException("a client without a lease has no lease");
    }

    private static byte[] ReadCodes(StateRow row, int column) =>
        [.. row.GetList(column).Select(static c => byte.Parse(c, NumberStyles.None, CultureInfo.InvariantCulture))];

    private static TimeSpan? ReadTime(StateRow row, int column) => row.IsDBNull(column) ? null : TimeSpan.FromMilliseconds(row.GetInt64(column));

    private static long? Milliseconds(TimeSpan? time) => time is TimeSpan known ? (long)known.TotalMilliseconds : null;

    private static DhcpDefinition? ReadDefinition(StateRow row, SubnetRecord? fallback)
    {
        if (row.IsDBNull(19)) return null;
        DhcpDefinition dhcp = new()
        {
            Timeout = TimeSpan.FromSeconds(row.GetInt32(19)),
            VendorClass = row.IsDBNull(20) ? null : row.GetString(20),
            RequestedOptions = ReadCodes(row, 21),
            Fallback = fallback is null ? null : new(
                fallback.Prefix, fallback.Ranges.Count > 0 ? fallback.Ranges[0] : new(fallback.Prefix.First, fallback.Prefix.Last)),
        };
        return dhcp.FindWrong() is string reason ? throw new FormatException(reason) : dhcp;
    }

    private sealed record StoredSubnet(SubnetRecord Subnet, bool IsFallback);
}
