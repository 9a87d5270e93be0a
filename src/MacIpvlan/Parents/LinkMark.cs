using System.Globalization;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// How links that this module made are known, whoever meets them. A link is made in a group of its own, in the one request
/// that makes it, and comes out of it when it gets its alias: so one that a killed command left unfinished can be told from
/// all others, at every moment.
/// </summary>
internal static class LinkMark
{
    /// <summary>The alias of parents.</summary>
    public const string ParentAlias = "macipvlan";

    /// <summary>The group of unfinished parents: the letters miv.</summary>
    public const uint ParentGroup = 0x6d6976;

    private const int NetworkDigits = 12;
    private const int GroupDigits = 7;

    /// <summary>The alias of a NIC: of which network, and which NIC.</summary>
    public static string Alias(NetworkRecord network, NicRecord nic) => Prefix(network) + nic.Id;

    /// <summary>The group of a NIC that is unfinished.</summary>
    public static uint Group(NicRecord nic) =>
        uint.Parse(nic.Id.AsSpan(0, GroupDigits), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 1;

    /// <summary>Whether a link is the NIC, finished or not.</summary>
    public static bool Is(Link link, NetworkRecord network, NicRecord nic) =>
        link.KindName == network.NicKind.Name && (link.Alias == Alias(network, nic) || link.Group == Group(nic));

    /// <summary>Whether a link is a parent of this module's making, finished or not.</summary>
    public static bool IsParent(Link link) => link.Alias == ParentAlias || IsUnfinishedParent(link);

    /// <summary>Whether a link is a parent of this module's making that is not finished.</summary>
    public static bool IsUnfinishedParent(Link link) => link.Group == ParentGroup;

    /// <summary>The id of the NIC that a link is, if it is one of the network; null if not.</summary>
    public static string? NicId(Link link, NetworkRecord network) =>
        link.Alias.StartsWith(Prefix(network), StringComparison.Ordinal) ? link.Alias[Prefix(network).Length..] : null;

    private static string Prefix(NetworkRecord network) => $"{ParentAlias}:{network.Id[..NetworkDigits]}:";
}
