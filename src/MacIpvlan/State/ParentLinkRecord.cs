using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.State;

/// <summary>
/// A link that this module created, or is about to create, as a parent: a VLAN sub-interface or a dummy.
/// </summary>
public sealed record ParentLinkRecord
{
    /// <summary>The link's name.</summary>
    public required string Name { get; init; }

    /// <summary>The link's kind: <see cref="VlanLink"/> or <see cref="DummyLink"/>.</summary>
    public required LinkKind Kind { get; init; }

    /// <summary>The link that it sits on; null for a dummy.</summary>
    public string? Parent { get; init; }

    /// <summary>The MTU in bytes; null for the kernel's default.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether it's removed with the last network that uses it; false if it was created separately.</summary>
    public bool RemovedWithLastNetwork { get; init; }
}
