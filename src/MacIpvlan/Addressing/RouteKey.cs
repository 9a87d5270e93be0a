namespace MacIpvlan.Addressing;

/// <summary>What the kernel distinguishes routes of one table by: it has one for each destination and metric.</summary>
/// <param name="Destination">The destination.</param>
/// <param name="Metric">The metric; the lowest one is used.</param>
internal sealed record RouteKey(IPPrefix Destination, int Metric);
