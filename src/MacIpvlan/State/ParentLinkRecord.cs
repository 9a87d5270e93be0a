using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.State;

/// <summary>A link that this module made, or is to make, to be a parent: a VLAN sub-interface or a dummy.</summary>
public sealed record ParentLinkRecord
{
    /// <summary>The link's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is: <see cref="VlanLink"/> or <see cref="DummyLink"/>.</summary>
    public required LinkKind Kind { get; init; }

    /// <summary>The link that it sits on; null for a dummy.</summary>
    public string? Parent { get; init; }

    /// <summary>Its MTU in bytes; the kernel's choice when null.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether it goes with the last network that uses it; false when it was asked for by itself.</summary>
    public bool RemovedWithLastNetwork { get; init; }
}
