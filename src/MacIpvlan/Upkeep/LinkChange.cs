using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>Links, and what has changed of them, in words.</summary>
internal static class LinkChange
{
    /// <summary>What a link is.</summary>
    public static string Describe(Link link)
    {
        string state = !link.IsUp ? "down" : link.HasCarrier ? "up" : "up, no carrier";
        return $"{link.KindName ?? "hardware"}, {state}, MTU {link.Mtu}";
    }

    /// <summary>What a link is that it was not before; empty if nothing of what is told here.</summary>
    public static string Describe(Link before, Link link)
    {
        List<string> changes = [];
        if (link.Name != before.Name) changes.Add($"name {link.Name}, was {before.Name}");
        if (link.IsUp != before.IsUp) changes.Add(link.IsUp ? "up" : "down");
        if (link.HasCarrier != before.HasCarrier) changes.Add(link.HasCarrier ? "carrier" : "no carrier");
        if (link.Mtu != before.Mtu) changes.Add($"MTU {link.Mtu}, was {before.Mtu}");
        if (!link.MacAddress.Equals(before.MacAddress))
        {
            changes.Add($"MAC {Link.Format(link.MacAddress)}, was {Link.Format(before.MacAddress)}");
        }

        if (link.MasterIndex != before.MasterIndex) changes.Add(link.MasterIndex == 0 ? "no port any more" : "port of another link");
        // What this module writes on its links is for itself.
        bool isMark = link.Alias.StartsWith(LinkMark.ParentAlias, StringComparison.Ordinal);
        if (link.Alias != before.Alias && !isMark) changes.Add($"alias '{link.Alias}'");
        return string.Join("; ", changes);
    }
}
