namespace MacIpvlan.Linux;

/// <summary>Detects wireless links.</summary>
internal static class WirelessLink
{
    /// <summary>
    /// Whether the host's link belongs to a wireless device. Only sysfs shows this (cfg80211), not rtnetlink.
    /// </summary>
    /// <param name="name">The link's name.</param>
    /// <param name="folder">The folder of links in sysfs.</param>
    public static bool Is(string name, string folder = "/sys/class/net") =>
        Directory.Exists(Path.Combine(folder, name, "phy80211"));
}
