using System.Net.NetworkInformation;
using System.Text;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.State;
using Npgsql;

namespace MacIpvlan.Fleet;

/// <summary>An address database on PostgreSQL 14 or later. Its rules are in Schema/1.sql; this class only calls functions there.</summary>
public sealed class PostgresAddressDatabase : IAddressDatabase
{
    // The version of the functions that this class calls.
    private const int Interface = 1;

    // Of holders of one segment. There are no more addresses in a /12.
    private const int MaxHolders = 1 << 20;
    private const int MaxHostNameLength = 255;
    private readonly AddressDatabaseRecord _database;
    private readonly DatabaseConnection _connection;
    private DatabaseContact? _contact;

    /// <summary>Reads how to reach a database. No server is asked yet.</summary>
    /// <exception cref="NetworkException">InvalidParameter or AddressDatabaseUnsuitable: the connection string can't be used.</exception>
    public PostgresAddressDatabase(AddressDatabaseRecord database)
    {
        _database = database;
        _connection = new(new(database), database.Name, TimeSpan.FromSeconds(database.TimeoutSeconds)) { Connected = _ => _contact = null };
    }

    /// <inheritdoc/>
    public bool AsksOnce { get => _connection.AsksOnce; set => _connection.AsksOnce = value; }

    /// <inheritdoc/>
    public void Disconnect() => _connection.Close();

    /// <inheritdoc/>
    public DatabaseContact Attend(bool isHeartbeat) => _connection.Ask(q => Attend(q, isHeartbeat));

    /// <inheritdoc/>
    public SegmentDefinition? FindSegment(string name) => _connection.Ask(q => q.Read(
        "SELECT macipvlan.definition($1)::text", static r => r.IsDBNull(0) ? null : SegmentJson.Read(r.GetString(0)), name) is [SegmentDefinition found] ? found : null);

    /// <inheritdoc/>
    public void Join(NetworkRecord network, SegmentDefinition definition) => AskAsHost(q => q.Run(
        "SELECT macipvlan.join_segment($1::uuid, $2, $3, $4::jsonb)::text", HostId, network.Id, network.Name, SegmentJson.Write(definition)));

    /// <inheritdoc/>
    public void Leave(string networkId) => AskAsHost(q => q.Run("SELECT macipvlan.leave_segment($1::uuid, $2)::text", HostId, networkId));

    /// <inheritdoc/>
    public IReadOnlyList<SegmentGrant> Allocate(string segment, IReadOnlyCollection<AddressValue> ofHost, IReadOnlyList<SegmentClaim> claims)
    {
        string avoided = $"{{{string.Join(',', ofHost)}}}", wanted = SegmentJson.Write(claims);
        SegmentGrant[] grants = [.. claims.Select(static _ => new SegmentGrant([], null))];
        foreach (GrantRow row in AskAsHost(q => q.Read(
            """
            SELECT claim, ordinal, host(address), masklen(prefix), epoch, refusal, detail
            FROM macipvlan.allocate($1::uuid, $2, $3::inet[], $4::jsonb)
            """,
            static r => new GrantRow(r), HostId, segment, avoided, wanted)))
        {
            SegmentGrant grant = grants[row.Claim];
            grants[row.Claim] = row.Refusal is null
                ? grant with { Addresses = [.. grant.Addresses, row.Address()] }
                : grant with { Refusal = new(row.Refusal.Value, row.Value, row.Detail) };
        }

        return grants;
    }

    /// <inheritdoc/>
    public void Release(IReadOnlyList<AddressRelease> releases) =>
        AskAsHost(q => q.Run("SELECT macipvlan.release($1::uuid, $2::jsonb)::text", HostId, SegmentJson.Write(releases)));

    /// <inheritdoc/>
    public HeldAddresses GetHeld()
    {
        HashSet<string> networks = [];
        List<HeldAddress> addresses = [];
        foreach (HeldRow row in AskAsHost(q => q.Read(
            "SELECT network, nic, host(address), epoch FROM macipvlan.held_by($1::uuid)", static r => new HeldRow(r), HostId)))
        {
            networks.Add(row.Network);
            if (row.Address is not null) addresses.Add(new(row.Network, row.Nic, row.Address, row.Epoch));
        }

        return new(networks, addresses);
    }

    /// <inheritdoc/>
    public IReadOnlyList<AddressHolder> GetHolders(string segment) => _connection.Ask(q => q.Read(
        $"""
        SELECT host(address), kind, holder, host, host_id::text, network, nic, mac_address::text FROM macipvlan.holders
        WHERE lower(segment) = lower($1) ORDER BY address LIMIT {MaxHolders}
        """,
        static r => new AddressHolder(
            AddressValue.Parse(r.GetString(0)),
            r.GetString(1) switch { "Foreign" => HolderKind.Foreign, "Reserved" => HolderKind.Reserved, _ => HolderKind.Nic },
            Text(r, 2))
        {
            Host = Find(r, 3),
            HostId = Find(r, 4) is string id ? Guid.Parse(id) : null,
            Network = Find(r, 5),
            NicId = Find(r, 6),
            MacAddress = Find(r, 7) is string mac ? PhysicalAddress.Parse(mac) : null,
        },
        segment));

    /// <inheritdoc/>
    public int Reclaim(string host, string? segment) =>
        _connection.Ask(q => q.Read("SELECT macipvlan.reclaim($1, $2)", static r => r.GetInt32(0), host, segment)[0]);

    /// <inheritdoc/>
    public string FindMissingSchema() => _connection.Ask(static q => FleetSchema.Missing(FleetSchema.ReadVersion(q)));

    /// <inheritdoc/>
    public void Initialize() => _connection.Ask(static q =>
    {
        FleetSchema.Update(q);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private string HostId => _database.HostId.ToString();

    // What other hosts and administrators write there is shown on this one's terminal.
    private static string Text(NpgsqlDataReader row, int column) => PrintableText.Clean(row.GetString(column));

    private static string? Find(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Text(row, column);

    private void AskAsHost(Action<DatabaseQuestion> ask) => AskAsHost(q =>
    {
        ask(q);
        return true;
    });

    // A server must know the host, and this module the server's schema, before anything else is asked.
    private T AskAsHost<T>(Func<DatabaseQuestion, T> ask) => _connection.Ask(q =>
    {
        _contact ??= Attend(q, isHeartbeat: false);
        return ask(q);
    });

    private DatabaseContact Attend(DatabaseQuestion question, bool isHeartbeat)
    {
        AttendRow row = question.Read(
            """
            SELECT epoch, server, first_interface, last_interface, session_user::text,
                coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
            FROM macipvlan.attend($1::uuid, $2, $3, $4::boolean)
            """,
            static r => new AttendRow(r), HostId, HostName(), HostBoot.Id, isHeartbeat ? "true" : "false")[0];
        if (row.First > Interface || row.Last < Interface)
        {
            throw new NetworkException(
                NetworkError.AddressDatabaseUnsuitable,
                $"The address database '{_database.Name}' serves versions {row.First} to {row.Last} of its functions, and this module needs version {Interface}.",
                row.Last < Interface
                    ? $"Have its owner bring it up to date: Initialize-AddressDatabase {_database.Name}."
                    : "Use a newer version of the module.");
        }

        return _contact = new(row.Epoch, row.Server)
        {
            Address = _connection.Server.ToString(),
            Version = question.Connection.PostgreSqlVersion.ToString(),
            IsEncrypted = row.IsEncrypted,
            Role = row.Role,
        };
    }

    // As it is shown to others.
    private static string HostName()
    {
        StringBuilder name = new();
        foreach (char c in Environment.MachineName.Where(static c => c is > ' ' and < '\x7f').Take(MaxHostNameLength)) name.Append(c);
        return name.Length == 0 ? "host" : name.ToString();
    }

    // What a server answers is read in full before it is used, and only in the form that it must have.
    private sealed record AttendRow(long Epoch, string Server, int First, int Last, string Role, bool IsEncrypted)
    {
        public AttendRow(NpgsqlDataReader row)
            : this(row.GetInt64(0), Text(row, 1), row.GetInt32(2), row.GetInt32(3), Text(row, 4), row.GetBoolean(5))
        {
        }
    }

    private sealed record HeldRow(string Network, string Nic, AddressValue? Address, long Epoch)
    {
        public HeldRow(NpgsqlDataReader row)
            : this(Text(row, 0), Find(row, 1) ?? "", Find(row, 2) is string address ? AddressValue.Parse(address) : null, row.IsDBNull(3) ? 0 : row.GetInt64(3))
        {
        }
    }

    private sealed record GrantRow(int Claim, int Ordinal, AddressValue? Value, int PrefixLength, long Epoch, NetworkError? Refusal, string Detail)
    {
        public GrantRow(NpgsqlDataReader row)
            : this(
                row.GetInt32(0), row.IsDBNull(1) ? 0 : row.GetInt32(1), Find(row, 2) is string address ? AddressValue.Parse(address) : null,
                row.IsDBNull(3) ? 0 : row.GetInt32(3), row.IsDBNull(4) ? 0 : row.GetInt64(4), ErrorOf(Find(row, 5)), Find(row, 6) ?? "")
        {
        }

        public GrantedAddress Address() => new(Ordinal, new(Value!, PrefixLength), Epoch);

        private static NetworkError? ErrorOf(string? refusal) => refusal switch
        {
            null => null,
            nameof(NetworkError.AddressInUse) => NetworkError.AddressInUse,
            nameof(NetworkError.AddressesExhausted) => NetworkError.AddressesExhausted,
            nameof(NetworkError.NetworkNotFound) => NetworkError.NetworkNotFound,
            _ => NetworkError.InvalidAddress,
        };
    }
}
