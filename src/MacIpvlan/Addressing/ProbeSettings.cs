namespace MacIpvlan.Addressing;

/// <summary>How the wire is asked whether someone has an address already.</summary>
/// <param name="Count">How many times.</param>
/// <param name="TimeoutMilliseconds">How long it takes in all, when nobody answers.</param>
public sealed record ProbeSettings(int Count = 3, int TimeoutMilliseconds = 600);
