using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Marks the links that this module creates, so that any command can recognize them. The request that creates a parent
/// also puts it into a special group. It leaves the group when it gets its alias, so a parent that a killed command left
/// unfinished can always be recognized. The request that creates a NIC gives it an index that follows from its number. The
/// alias of a NIC is for people: its container can change it.
/// </summary>
internal static class LinkMark
{
    /// <summary>The alias of parents.</summary>
    public const string ParentAlias = "macipvlan";

    /// <summary>The group of unfinished parents: the letters miv.</summary>
    public const uint ParentGroup = 0x6d6976;

    private const int NetworkDigits = 12;

    // Above the indexes that the kernel chooses, and short enough to read. The NICs of a namespace have the order in
    // which they were created.
    private const int FirstIndex = 1_000_000;
    private const int Indexes = 9_000_000;

    /// <summary>The alias of a NIC, from the ids of its network and of the NIC.</summary>
    public static string Alias(NetworkRecord network, NicRecord nic) => Prefix(network) + nic.Id;

    /// <summary>The index of a NIC's link, unique in its namespace.</summary>
    public static int Index(NicRecord nic) => FirstIndex + (int)(nic.Ordinal % Indexes);

    /// <summary>The index of the ifb link that limits what a NIC receives, in the same namespace: above those of NICs.</summary>
    public static int IfbIndex(NicRecord nic) => Index(nic) + FirstIndex + Indexes;

    /// <summary>Whether an index is one that NICs get.</summary>
    public static bool IsOfNic(int index) => index is >= FirstIndex and < FirstIndex + Indexes;

    /// <summary>Whether this module created the link as a parent, finished or not.</summary>
    public static bool IsParent(Link link) => link.Alias == ParentAlias || IsUnfinishedParent(link);

    /// <summary>Whether this module created the link as a parent and didn't finish it.</summary>
    public static bool IsUnfinishedParent(Link link) => link.Group == ParentGroup;

    /// <summary>The id of the NIC that a link belongs to; null if the link isn't a NIC of the network.</summary>
    public static string? NicId(Link link, NetworkRecord network) =>
        link.Alias.StartsWith(Prefix(network), StringComparison.Ordinal) ? link.Alias[Prefix(network).Length..] : null;

    /// <summary>Whether a link has the mark of a NIC, on any network.</summary>
    public static bool IsOf(Link link, NicRecord nic) =>
        link.Alias.StartsWith($"{ParentAlias}:", StringComparison.Ordinal) && link.Alias.EndsWith($":{nic.Id}", StringComparison.Ordinal);

    private static string Prefix(NetworkRecord network) => $"{ParentAlias}:{network.Id[..NetworkDigits]}:";
}
