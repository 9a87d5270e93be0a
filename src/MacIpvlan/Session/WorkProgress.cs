namespace MacIpvlan;

/// <summary>The progress of a command that can take long.</summary>
/// <param name="Activity">The activity, such as Disconnecting NICs.</param>
/// <param name="Item">The current item. Its text is created only if it's shown.</param>
/// <param name="Total">The total number of items; zero if it's unknown.</param>
public sealed record WorkProgress(string Activity, object Item, int Total = 0);
