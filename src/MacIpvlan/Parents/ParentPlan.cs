using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Which link a parent is, and what must be made to have it.</summary>
/// <param name="Name">The link's name.</param>
internal sealed record ParentPlan(string Name)
{
    /// <summary>The link, if it is there.</summary>
    public Link? Existing { get; init; }

    /// <summary>What to make, if it is not, or is otherwise than asked.</summary>
    public LinkKind? Kind { get; init; }

    /// <summary>What it is made on, or sits on; null where that does not matter.</summary>
    public ParentPlan? Lower { get; init; }

    /// <summary>What it was asked to be, if it was.</summary>
    public ParentLinkRecord? Expected { get; init; }

    /// <summary>Whether what is made goes with the last network that uses it.</summary>
    public bool RemovedWithLastNetwork { get; init; } = true;

    /// <summary>The MTU to make it with in bytes; the kernel's choice when null.</summary>
    public int? Mtu { get; init; }

    /// <summary>How it is otherwise than asked; nothing where it is not there, or was not asked to be in a certain way.</summary>
    public IReadOnlyList<SettingDifference> OwnDifferences =>
        Existing is null || Expected is null ? [] : VlanDefinition.Compare(Expected, Existing);

    /// <summary>How it and what it sits on are otherwise than asked.</summary>
    public IEnumerable<SettingDifference> Differences => [.. Lower?.Differences ?? [], .. OwnDifferences];

    /// <summary>Whether it is there, and made again.</summary>
    public bool IsReplaced => OwnDifferences.Count > 0;

    /// <summary>The MTU that it has or will have, in bytes; null where that is the kernel's choice.</summary>
    public int? KnownMtu => (IsReplaced ? null : Existing?.Mtu) ?? Mtu ?? Lower?.KnownMtu;

    /// <summary>The name, with what will be made.</summary>
    public override string ToString() =>
        Existing is not null && !IsReplaced ? Name : $"{Name} (to be made: {Kind}{(Lower is null ? "" : $" on {Lower}")})";
}
