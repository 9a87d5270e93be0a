namespace MacIpvlan;

/// <summary>
/// The segment that a network is on: one wire, whose addresses all hosts on it allocate from one database.
/// </summary>
/// <param name="Database">The name of the address database on this host.</param>
/// <param name="Name">The name of the segment in that database.</param>
public sealed record NetworkSegment(string Database, string Name)
{
    /// <summary>
    /// What happens to requested addresses while the database can't be reached, the same for all hosts. Null in a request that
    /// leaves it to the segment; a new one refuses them.
    /// </summary>
    public AwayPolicy? AwayPolicy { get; init; }

    /// <summary>
    /// After how many seconds without a heartbeat the addresses of a host are given to others that need them; null for never.
    /// At least 60. The same for all hosts.
    /// </summary>
    public int? GraceSeconds { get; init; }

    /// <summary>The database and the segment, such as fleet/vlan50.</summary>
    public override string ToString() => $"{Database}/{Name}";
}

/// <summary>What happens to a requested address while the address database can't be reached.</summary>
public enum AwayPolicy : long
{
    /// <summary>It is refused.</summary>
    Refuse,

    /// <summary>It is used, and confirmed when the database can be reached again. Two hosts could use it until then.</summary>
    Reconcile,
}
