using System.Net;
using MacIpvlan.Linux;
using MacIpvlan.State;
using Npgsql;

namespace MacIpvlan.Fleet;

/// <summary>
/// How to connect to the servers of an address database: what the user says, without passwords, and what this module adds. A
/// server that isn't on this machine must prove who it is (TLS).
/// </summary>
internal sealed class ConnectionSettings
{
    private const int DefaultPort = 5432;
    private const int MaxPort = 65535;

    // What would put passwords on record or into messages, or is decided here.
    private static readonly string[] s_refused =
    [
        "Password", "SSL Password", "Persist Security Info", "Include Error Detail", "Log Parameters", "Trust Server Certificate",
        "Pooling", "Multiplexing", "Timeout", "Command Timeout", "Target Session Attributes", "Load Balance Hosts",
    ];

    private readonly AddressDatabaseRecord _database;
    private readonly string _text;

    /// <summary>Reads the connection string of a database.</summary>
    /// <exception cref="NetworkException">InvalidParameter or AddressDatabaseUnsuitable.</exception>
    public ConnectionSettings(AddressDatabaseRecord database)
    {
        _database = database;
        NpgsqlConnectionStringBuilder builder = Parse(database.ConnectionString);
        Servers = [.. ServersOf(builder)];
        if (!Servers.All(static s => s.IsLocal)) RequireVerification(builder);
        builder.Pooling = false;
        builder.Enlist = false;
        builder.GssEncryptionMode = GssEncryptionMode.Disable;
        builder.ApplicationName ??= "MacIpvlan";
        // A server that doesn't answer isn't asked to cancel, either.
        builder.CancellationTimeout = -1;
        _text = builder.ConnectionString;
    }

    /// <summary>The servers, of which one is the primary.</summary>
    public IReadOnlyList<DatabaseServer> Servers { get; }

    /// <summary>Opens a connection to a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="seconds">How long to wait for it.</param>
    /// <exception cref="NetworkException">AddressDatabaseUnsuitable: a file with a password or key can be read by others.</exception>
    public NpgsqlConnection Open(DatabaseServer server, int seconds)
    {
        NpgsqlConnectionStringBuilder builder = new(_text) { Host = server.Host, Port = server.Port, Timeout = seconds };
        // Held until the connection is open, so that nobody exchanges it between the check and its use.
        using HeldFile? passwords = OpenPasswordFile(builder);
        using HeldFile? key = builder.SslKey is string path ? ConnectionFile.Open(path, "key file") : null;
        using HeldFile? authority = builder.RootCertificate is string trusted ? ConnectionFile.Open(trusted, "root certificate", isSecret: false) : null;
        if (authority is not null) builder.RootCertificate = authority.Path;
        if (passwords is not null) builder.Passfile = passwords.Path;
        if (key is not null) builder.SslKey = key.Path;
        if (_database.PasswordFile is string file) builder.Password = ConnectionFile.ReadPassword(file);
        NpgsqlSlimDataSourceBuilder source = new(builder.ConnectionString);
        source.EnableTransportSecurity();
        // Only texts and numbers are exchanged, so the server's catalog isn't read.
        source.ConfigureTypeLoading(static t => t.EnableTypeLoading(false));
        NpgsqlConnection connection = source.Build().CreateConnection();
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // As psql finds it (libpq-pgpass(5)).
    private HeldFile? OpenPasswordFile(NpgsqlConnectionStringBuilder builder)
    {
        if (_database.PasswordFile is not null) return null;
        string? path = builder.Passfile ?? Environment.GetEnvironmentVariable("PGPASSFILE");
        string usual = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pgpass");
        return path is { Length: > 0 } ? ConnectionFile.Open(path, "password file")
            : File.Exists(usual) ? ConnectionFile.Open(usual, "password file")
            : null;
    }

    private static NpgsqlConnectionStringBuilder Parse(string text)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or KeyNotFoundException or InvalidCastException)
        {
            // The message can repeat what was said, and that can be a password.
            throw new NetworkException(
                NetworkError.InvalidParameter,
                "The connection string isn't valid.",
                "Specify keywords of Npgsql: 'Host=db1,db2;Database=ipam;Username=node1'.");
        }

        if (s_refused.FirstOrDefault(k => builder.ContainsKey(k) && builder.ShouldSerialize(k)) is string refused)
        {
            bool isPassword = refused.Contains("Password", StringComparison.Ordinal);
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The connection string can't have the keyword {refused}{(isPassword ? ": what is on record has no passwords" : "")}.",
                isPassword
                    ? "Use -PasswordFile, a .pgpass file (Passfile=...), or a client certificate (SSL Certificate=...;SSL Key=...)."
                    : "Omit it. -TimeoutSeconds says how long commands wait.");
        }

        if (builder.Host is { Length: > 0 } && builder.Username is { Length: > 0 }) return builder;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            "The connection string needs Host and Username.",
            "Specify both: 'Host=db1,db2;Database=ipam;Username=node1'.");
    }

    private static IEnumerable<DatabaseServer> ServersOf(NpgsqlConnectionStringBuilder builder)
    {
        int port = builder.Port == 0 ? DefaultPort : builder.Port;
        foreach (string text in builder.Host!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            bool isSocket = text.StartsWith('/') || text.StartsWith('@');
            int colon = text.LastIndexOf(':');
            // An IPv6 address has colons itself, unless it is in brackets.
            bool hasPort = !isSocket && colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':') == colon);
            if (!hasPort)
            {
                yield return new(text.Trim('[', ']'), port);
                continue;
            }

            if (!int.TryParse(text[(colon + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int own)
                || own is < 1 or > MaxPort)
            {
                throw new NetworkException(NetworkError.InvalidParameter, $"'{text}' isn't a server: its port isn't a number up to {MaxPort}.", "Specify HOST or HOST:PORT.");
            }

            yield return new(text[..colon].Trim('[', ']'), own);
        }
    }

    private static void RequireVerification(NpgsqlConnectionStringBuilder builder)
    {
        if (builder.ShouldSerialize("SSL Mode") && builder.SslMode != SslMode.VerifyFull)
        {
            throw new NetworkException(
                NetworkError.AddressDatabaseUnsuitable,
                $"The server isn't on this machine, and SSL Mode={builder.SslMode} doesn't make it prove who it is.",
                "Use SSL Mode=VerifyFull, or omit it. Root Certificate=FILE names the authority, if the system doesn't trust it.");
        }

        builder.SslMode = SslMode.VerifyFull;
    }
}

/// <summary>A server of an address database.</summary>
/// <param name="Host">Its name or address, or the folder of its socket.</param>
/// <param name="Port">Its port.</param>
internal sealed record DatabaseServer(string Host, int Port)
{
    /// <summary>Whether it is on this machine, so that nobody is in between.</summary>
    public bool IsLocal => Host.StartsWith('/') || Host.StartsWith('@') || Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>The host and the port.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
