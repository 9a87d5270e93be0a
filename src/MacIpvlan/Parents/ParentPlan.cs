using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A parent link, and what must be created for it.</summary>
/// <param name="Name">The link's name.</param>
internal sealed record ParentPlan(string Name)
{
    /// <summary>The link; null if it doesn't exist.</summary>
    public Link? Existing { get; init; }

    /// <summary>The kind to create if the link doesn't exist or has settings other than the requested ones.</summary>
    public LinkKind? Kind { get; init; }

    /// <summary>The plan of the link that it is created on, or sits on; null if that doesn't matter.</summary>
    public ParentPlan? Lower { get; init; }

    /// <summary>The requested settings; null if there is no request.</summary>
    public ParentLinkRecord? Expected { get; init; }

    /// <summary>Whether a link that is created is removed with the last network that uses it.</summary>
    public bool RemovedWithLastNetwork { get; init; } = true;

    /// <summary>The MTU to create it with, in bytes; null for the kernel's default.</summary>
    public int? Mtu { get; init; }

    /// <summary>
    /// How the link differs from the requested settings; empty if it doesn't exist or no settings are requested.
    /// </summary>
    public IReadOnlyList<SettingDifference> OwnDifferences =>
        Existing is null || Expected is null ? [] : VlanDefinition.Compare(Expected, Existing);

    /// <summary>How the link, and the links that it sits on, differ from the requested settings.</summary>
    public IEnumerable<SettingDifference> Differences => [.. Lower?.Differences ?? [], .. OwnDifferences];

    /// <summary>Whether the link exists and is recreated.</summary>
    public bool IsReplaced => OwnDifferences.Count > 0;

    /// <summary>The MTU that it has or will have, in bytes; null if the kernel chooses it.</summary>
    public int? KnownMtu => (IsReplaced ? null : Existing?.Mtu) ?? Mtu ?? Lower?.KnownMtu;

    /// <summary>The name, with what will be created.</summary>
    public override string ToString() =>
        Existing is not null && !IsReplaced ? Name : $"{Name} (will be created: {Kind}{(Lower is null ? "" : $" on {Lower}")})";
}
