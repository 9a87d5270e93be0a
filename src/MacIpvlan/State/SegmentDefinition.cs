namespace MacIpvlan.State;

/// <summary>A segment as its database defines it, for all hosts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="AwayPolicy">What happens to requested addresses while the database can't be reached.</param>
/// <param name="GraceSeconds">How long a host can be silent before others get its addresses; null for ever.</param>
/// <param name="Subnets">Its subnets, in the order in which addresses are allocated from them.</param>
/// <param name="Fallback">The subnet of addresses for NICs that no DHCP server answers; null if there is none.</param>
public sealed record SegmentDefinition(
    string Name, AwayPolicy AwayPolicy, int? GraceSeconds, IReadOnlyList<SubnetRecord> Subnets, SubnetRecord? Fallback);
