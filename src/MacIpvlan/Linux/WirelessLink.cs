namespace MacIpvlan.Linux;

/// <summary>Which links are wireless stations.</summary>
internal static class WirelessLink
{
    /// <summary>Whether the host's link belongs to a wireless device (cfg80211 shows that in sysfs, rtnetlink does not).</summary>
    /// <param name="name">The link's name.</param>
    /// <param name="folder">Where sysfs shows links.</param>
    public static bool Is(string name, string folder = "/sys/class/net") =>
        Directory.Exists(Path.Combine(folder, name, "phy80211"));
}
