using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A database from which hosts allocate the addresses of segments, as this host knows it.</summary>
public sealed class AddressDatabase
{
    internal AddressDatabase(AddressDatabaseRecord record, IEnumerable<NetworkRecord> networks, int pendingNotices)
    {
        Record = record;
        Network = ValueList.OfTexts(networks.Select(static n => n.Name));
        PendingNoticeCount = pendingNotices;
    }

    /// <summary>The name, under which networks refer to it.</summary>
    public string Name => Record.Name;

    /// <summary>How to connect to its servers, without passwords.</summary>
    public string ConnectionString => Record.ConnectionString;

    /// <summary>The file with the password; null if there is none.</summary>
    public string? PasswordFile => Record.PasswordFile;

    /// <summary>How many seconds commands wait for it.</summary>
    public int TimeoutSeconds => Record.TimeoutSeconds;

    /// <summary>Who this host is there.</summary>
    public Guid HostId => Record.HostId;

    /// <summary>The names of the networks of this host whose addresses are from it.</summary>
    public ValueList<string> Network { get; }

    /// <summary>How many notices it hasn't got yet of addresses that are free and networks that were removed.</summary>
    public int PendingNoticeCount { get; }

    internal AddressDatabaseRecord Record { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>What an address database answers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Whether it can be used.</param>
public sealed record AddressDatabaseTest(string Name, AddressDatabaseStatus Status)
{
    /// <summary>The server that is the primary; null if none answers.</summary>
    public string? Server { get; init; }

    /// <summary>The version of PostgreSQL; null if no server answers.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>The role that this host has there; null if no server answers.</summary>
    public string? Role { get; init; }

    /// <summary>Whether the connection is encrypted; null if there is none.</summary>
    public bool? IsEncrypted { get; init; }

    /// <summary>How long the first connection and the first answer took, in milliseconds; null if there was none.</summary>
    public double? ConnectMilliseconds { get; init; }

    /// <summary>How long another answer took, in milliseconds; null if there was none.</summary>
    public double? RoundtripMilliseconds { get; init; }

    /// <summary>How many notices it hasn't got yet of addresses that are free and networks that were removed. After a test that succeeds, none.</summary>
    public int PendingNoticeCount { get; init; }

    /// <summary>Why it can't be used; empty if it can.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What to do about it; empty if there is nothing to do.</summary>
    public string RecommendedAction { get; init; } = "";
}

/// <summary>Whether an address database can be used.</summary>
public enum AddressDatabaseStatus : long
{
    /// <summary>It can be used.</summary>
    Ready,

    /// <summary>No server answers in time, or none is the primary.</summary>
    Unavailable,

    /// <summary>It refuses this host, isn't protected, or has no schema or another version of it.</summary>
    Unsuitable,
}
