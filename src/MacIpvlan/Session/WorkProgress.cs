namespace MacIpvlan;

/// <summary>What a command is at, of work that may take long.</summary>
/// <param name="Activity">The work, such as Disconnecting NICs.</param>
/// <param name="Item">What it has come to; its text is made only where it is shown.</param>
/// <param name="Total">How many there are in all; zero where that is not known.</param>
public readonly record struct WorkProgress(string Activity, object Item, int Total = 0);
