namespace MacIpvlan;

/// <summary>Repairs differences, each after asking.</summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each repair: what, and what is done to it; null to repair nothing.</param>
internal sealed class Repairs(NetworkSession session, Func<string, string, bool>? confirm)
{
    /// <summary>Whether anything is repaired at all.</summary>
    public bool AreWanted => confirm is not null;

    /// <summary>Asks before a repair.</summary>
    public bool Wants(string name, string what) => confirm?.Invoke(name, what) ?? false;

    /// <summary>Repairs a difference if that is wanted.</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="fix">Repairs it.</param>
    /// <returns>The difference, with whether it is repaired.</returns>
    public NetworkDifference Repair(NetworkDifference difference, Action fix)
    {
        string what = $"Repair {difference.Kind} on network {difference.Network}: from {difference.Actual} to {difference.Expected}";
        if (!Wants(difference.Name, what)) return difference;
        try
        {
            fix();
            return difference with { IsRepaired = true };
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            session.Warn($"{difference.Name} is not repaired: {e.Message}");
            return difference;
        }
    }
}
