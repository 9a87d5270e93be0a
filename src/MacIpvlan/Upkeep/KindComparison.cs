using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan;

/// <summary>Compares the settings of a NIC's kind, such as its mode, with those of its link.</summary>
internal static class KindComparison
{
    // MACVLAN_DEFAULT_BC_QUEUE_LEN of drivers/net/macvlan.c.
    private const int UsualQueueLength = 1000;

    /// <summary>What differs; null if nothing does.</summary>
    /// <param name="link">The link.</param>
    /// <param name="wanted">The kind on record.</param>
    public static KindFinding? Compare(Link link, LinkKind wanted) => (link.Kind, wanted) switch
    {
        (IpvlanLink actual, IpvlanLink ipvlan) => actual == ipvlan ? null : new(DifferenceKind.ModeChanged, Setting(link, ipvlan)),
        (MacvlanLink actual, MacvlanLink macvlan) => Compare(link, actual, macvlan),
        _ => new(DifferenceKind.ModeChanged, null),
    };

    private static KindFinding? Compare(Link link, MacvlanLink actual, MacvlanLink wanted)
    {
        if (actual.Mode == wanted.Mode && HasOptions(actual, wanted)) return null;
        // macvlan_changelink changes no link from or to Passthru.
        bool isFixed = actual.Mode != wanted.Mode && (actual.Mode == MacvlanMode.Passthru || wanted.Mode == MacvlanMode.Passthru);
        return new(
            actual.Mode == wanted.Mode ? DifferenceKind.OptionChanged : DifferenceKind.ModeChanged,
            isFixed ? null : Setting(link, wanted with
            {
                // The default of a link that others gave another one. Kernels before 5.11 have none.
                BroadcastQueueLength = wanted.BroadcastQueueLength ?? (actual.BroadcastQueueLength is null ? null : UsualQueueLength),
            }));
    }

    private static bool HasOptions(MacvlanLink actual, MacvlanLink wanted) =>
        actual.NoPromiscuous == wanted.NoPromiscuous
        && actual.AllowedMacAddresses.ToHashSet().SetEquals(wanted.AllowedMacAddresses)
        && (actual.BroadcastQueueLength is null || actual.BroadcastQueueLength == (wanted.BroadcastQueueLength ?? UsualQueueLength))
        // The kernel has one for all links of a parent, and doesn't report its default.
        && (wanted.BroadcastCutoff is null || wanted.BroadcastCutoff == (actual.BroadcastCutoff ?? MacvlanLink.UsualBroadcastCutoff));

    private static LinkKindSet Setting(Link link, LinkKind kind) => new(link.Index, link.Name, kind);
}

/// <summary>A difference of the settings of a NIC's kind.</summary>
/// <param name="Kind">ModeChanged, or OptionChanged if only others differ.</param>
/// <param name="Fix">Repairs it; null if only a new link can have these settings.</param>
internal sealed record KindFinding(DifferenceKind Kind, LinkKindSet? Fix);
