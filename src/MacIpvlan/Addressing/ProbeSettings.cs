namespace MacIpvlan.Addressing;

/// <summary>How an address is probed on the wire before a NIC uses it.</summary>
/// <param name="Count">The number of probes.</param>
/// <param name="TimeoutMilliseconds">The total duration if no station answers.</param>
public sealed record ProbeSettings(int Count = 3, int TimeoutMilliseconds = 600);
