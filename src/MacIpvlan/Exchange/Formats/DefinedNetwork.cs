namespace MacIpvlan.Formats;

/// <summary>One network of a definition, which is read by itself: an invalid one doesn't affect the others.</summary>
/// <param name="Name">Its name, for errors; null if it has none that can be shown.</param>
/// <param name="Read">Reads it. Null for a network of another kind.</param>
internal sealed record DefinedNetwork(string? Name, Func<NetworkRequest?> Read);
