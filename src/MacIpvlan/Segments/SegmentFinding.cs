using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>What a segment's database and this host have on record differently.</summary>
/// <param name="Database">The name of the database.</param>
internal abstract record SegmentFinding(string Database);

/// <summary>An address that a NIC has here, but not in the database: it was reclaimed, or isn't confirmed.</summary>
/// <param name="Database">The name of the database.</param>
/// <param name="Nic">The NIC.</param>
/// <param name="Network">Its network.</param>
/// <param name="Lease">The address.</param>
/// <param name="Holder">Who has it now; null if nobody has.</param>
internal sealed record UngrantedLease(string Database, NicRecord Nic, NetworkRecord Network, LeaseRecord Lease, string? Holder) : SegmentFinding(Database);

/// <summary>An address that a NIC has in the database which isn't on record here.</summary>
/// <param name="Database">The name of the database.</param>
/// <param name="Held">The address.</param>
/// <param name="Network">The network of the NIC; null if that isn't on record here either.</param>
internal sealed record ForgottenLease(string Database, HeldAddress Held, NetworkRecord? Network) : SegmentFinding(Database);

/// <summary>A network that is on a segment only in the database, or only here.</summary>
/// <param name="Database">The name of the database.</param>
/// <param name="NetworkId">The network's id.</param>
/// <param name="Network">The network; null if it isn't on record here.</param>
internal sealed record MisplacedNetwork(string Database, string NetworkId, NetworkRecord? Network) : SegmentFinding(Database);

/// <summary>A segment whose definition has been changed since a network was put on it.</summary>
/// <param name="Database">The name of the database.</param>
/// <param name="Network">The network.</param>
/// <param name="Definition">The definition as it is now.</param>
/// <param name="Differences">The settings that differ.</param>
internal sealed record ChangedSegment(
    string Database, NetworkRecord Network, SegmentDefinition Definition, IReadOnlyList<SettingDifference> Differences) : SegmentFinding(Database);
