using System.Globalization;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Marks the links that this module creates, so that any command can recognize them. The request that creates a link
/// also puts it into a special group. The link leaves the group when it gets its alias, so a link that a killed
/// command left unfinished can always be recognized.
/// </summary>
internal static class LinkMark
{
    /// <summary>The alias of parents.</summary>
    public const string ParentAlias = "macipvlan";

    /// <summary>The group of unfinished parents: the letters miv.</summary>
    public const uint ParentGroup = 0x6d6976;

    private const int NetworkDigits = 12;
    private const int GroupDigits = 7;

    /// <summary>The alias of a NIC, from the ids of its network and of the NIC.</summary>
    public static string Alias(NetworkRecord network, NicRecord nic) => Prefix(network) + nic.Id;

    /// <summary>The group of an unfinished NIC.</summary>
    public static uint Group(NicRecord nic) =>
        uint.Parse(nic.Id.AsSpan(0, GroupDigits), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 1;

    /// <summary>Whether a link is the NIC, finished or not.</summary>
    public static bool Is(Link link, NetworkRecord network, NicRecord nic) =>
        link.KindName == network.NicKind.Name && (link.Alias == Alias(network, nic) || link.Group == Group(nic));

    /// <summary>Whether this module created the link as a parent, finished or not.</summary>
    public static bool IsParent(Link link) => link.Alias == ParentAlias || IsUnfinishedParent(link);

    /// <summary>Whether this module created the link as a parent and didn't finish it.</summary>
    public static bool IsUnfinishedParent(Link link) => link.Group == ParentGroup;

    /// <summary>The id of the NIC that a link belongs to; null if the link isn't a NIC of the network.</summary>
    public static string? NicId(Link link, NetworkRecord network) =>
        link.Alias.StartsWith(Prefix(network), StringComparison.Ordinal) ? link.Alias[Prefix(network).Length..] : null;

    private static string Prefix(NetworkRecord network) => $"{ParentAlias}:{network.Id[..NetworkDigits]}:";
}
