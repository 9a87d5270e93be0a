namespace MacIpvlan.State;

/// <summary>How this host reaches an address database, and who it is there. Never a password.</summary>
public sealed record AddressDatabaseRecord
{
    /// <summary>The name, unique on the host regardless of case.</summary>
    public required string Name { get; init; }

    /// <summary>Who this host is in the database: a random number, so that copies of a machine can be told apart.</summary>
    public required Guid HostId { get; init; }

    /// <summary>The connection string, without passwords.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The path of a file that only root can read, with the password; null if there is none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>How many seconds a command waits for the database.</summary>
    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    /// <summary>How many seconds a command waits for the database if nothing is specified.</summary>
    public const int DefaultTimeoutSeconds = 5;
}
