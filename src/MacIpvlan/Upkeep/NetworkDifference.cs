namespace MacIpvlan;

/// <summary>A difference between the recorded state and the kernel.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Name">The link's name; for a NIC, the namespace and interface.</param>
/// <param name="Network">The network or networks that it belongs to.</param>
public sealed record NetworkDifference(DifferenceKind Kind, string Name, string Network)
{
    /// <summary>What is recorded. It is never the same text as <see cref="Actual"/>: a link can be named none.</summary>
    public string Expected
    {
        get => field == Actual ? $"'{field}'" : field;
        init;
    } = "";

    /// <summary>What the kernel has.</summary>
    public string Actual { get; init; } = "";

    /// <summary>
    /// Whether it is only what others added, such as the address of a DHCP client or a floating address. It is no fault, so
    /// it is left as it is, unless its removal is requested.
    /// </summary>
    public bool IsForeign { get; init; }

    /// <summary>What to do about it, if that isn't to repair it; empty otherwise.</summary>
    public string RecommendedAction { get; init; } = "";

    /// <summary>Whether it has been repaired.</summary>
    public bool IsRepaired { get; init; }
}

/// <summary>The kinds of differences between the recorded state and the kernel.</summary>
public enum DifferenceKind : long
{
    /// <summary>A command died while it worked on a NIC.</summary>
    Interrupted,

    /// <summary>A parent is missing on the host.</summary>
    ParentMissing,

    /// <summary>A parent has another name, is another kind of link, sits on another link or is down, or a NIC sits on another parent.</summary>
    ParentChanged,

    /// <summary>A NIC's interface is missing in its namespace.</summary>
    LinkMissing,

    /// <summary>A NIC's interface is down.</summary>
    LinkDown,

    /// <summary>The interface of a NIC that is disabled is up.</summary>
    LinkUp,

    /// <summary>A NIC's interface has another name.</summary>
    NameChanged,

    /// <summary>A NIC's interface has another mode or flag.</summary>
    ModeChanged,

    /// <summary>A NIC's interface has another option of its kind, such as other allowed MAC addresses or another broadcast queue.</summary>
    OptionChanged,

    /// <summary>A NIC's interface has another MAC address.</summary>
    MacAddressChanged,

    /// <summary>A NIC's interface, or a sub-interface, has another MTU.</summary>
    MtuChanged,

    /// <summary>A NIC's interface has another value of an IPv6 setting (sysctl).</summary>
    SysctlChanged,

    /// <summary>A NIC's interface makes addresses from router advertisements in another way.</summary>
    IdentifierChanged,

    /// <summary>A NIC's interface lacks an address.</summary>
    AddressMissing,

    /// <summary>
    /// The segment of a NIC's network doesn't, or doesn't any longer, have an address of the NIC on record for it: it was reclaimed
    /// while this host was away, or requested while the database was.
    /// </summary>
    AddressReclaimed,

    /// <summary>A network's segment is defined in another way than when the network was put on it, or doesn't have the network on record.</summary>
    SegmentChanged,

    /// <summary>A NIC of a DHCP network has no lease: no server answers, or nobody has renewed it before it ended.</summary>
    LeaseMissing,

    /// <summary>A NIC's DHCP lease should have been renewed some time ago: nobody renews it.</summary>
    LeaseNotRenewed,

    /// <summary>A NIC's interface has an address in the network's subnets that others added.</summary>
    AddressWithoutLease,

    /// <summary>A link of the host has an address of a NIC. A repair can't decide which of them keeps it.</summary>
    AddressOnHost,

    /// <summary>A NIC's namespace lacks a route.</summary>
    RouteMissing,

    /// <summary>
    /// The host has other addresses on the parent of a network that it has access to (Expected) than those that the
    /// network's containers have routes to (Actual).
    /// </summary>
    HostAddressChanged,

    /// <summary>
    /// A NIC is in the namespace that its container had before a restart, and something else keeps that namespace alive.
    /// </summary>
    NamespaceChanged,

    /// <summary>
    /// A NIC's namespace no longer exists, but its addresses are still allocated; or a segment has an address on record for a NIC
    /// that this host doesn't know.
    /// </summary>
    LeaseWithoutNic,

    /// <summary>An interface that was created for a network isn't recorded.</summary>
    NicWithoutLease,
}
