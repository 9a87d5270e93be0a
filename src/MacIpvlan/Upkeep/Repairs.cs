namespace MacIpvlan;

/// <summary>Repairs differences, and asks before each repair.</summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each repair, with the target and the action; null to repair nothing.</param>
internal sealed class Repairs(NetworkSession session, Func<string, string, bool>? confirm)
{
    /// <summary>Whether repairs are requested.</summary>
    public bool AreWanted => confirm is not null;

    /// <summary>Asks before a repair.</summary>
    public bool Wants(string name, string what) => confirm?.Invoke(name, what) ?? false;

    /// <summary>Repairs a difference if that is requested and confirmed.</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="fix">Repairs it.</param>
    /// <param name="action">The repair in words; null if the kernel gets what is recorded.</param>
    /// <returns>The difference, with IsRepaired set if the repair succeeded.</returns>
    public NetworkDifference Repair(NetworkDifference difference, Action fix, string? action = null)
    {
        string what = action ?? $"Repair {difference.Kind} on network {difference.Network}: from {difference.Actual} to {difference.Expected}";
        if (!Wants(difference.Name, what)) return difference;
        try
        {
            fix();
            return difference with { IsRepaired = true };
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            session.Warn($"{difference.Name} isn't repaired: {e.Message}");
            return difference;
        }
    }
}
