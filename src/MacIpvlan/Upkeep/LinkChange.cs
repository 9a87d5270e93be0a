using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>Describes links and changes of links in words.</summary>
internal static class LinkChange
{
    /// <summary>Describes a link.</summary>
    public static string Describe(Link link)
    {
        string state = !link.IsUp ? "down" : link.HasCarrier ? "up" : "up, no carrier";
        return $"{link.KindName ?? "hardware"}, {state}, MTU {link.Mtu}";
    }

    /// <summary>Describes the changes of a link; empty if none of these properties changed.</summary>
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

        if (link.MasterIndex != before.MasterIndex) changes.Add(link.MasterIndex == 0 ? "no longer a port" : "port of another link");
        // The marks that this module writes on its own links are internal.
        bool isMark = link.Alias.StartsWith(LinkMark.ParentAlias, StringComparison.Ordinal);
        if (link.Alias != before.Alias && !isMark) changes.Add($"alias '{link.Alias}'");
        return string.Join("; ", changes);
    }
}
