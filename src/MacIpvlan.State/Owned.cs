namespace MacIpvlan.State.Sqlite;

/// <summary>A value of a row, with what it belongs to: a network or NIC by its id, or a pool.</summary>
// Not a tuple: collections of tuples aren't compiled ahead of time, and there is one for each query.
internal sealed record Owned<TOwner, T>(TOwner Owner, T Value) where TOwner : class where T : class;

/// <summary>The id of a pool, as a key.</summary>
internal sealed record PoolId(long Id);
