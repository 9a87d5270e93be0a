namespace MacIpvlan;

/// <summary>Something that is on record and not so in the kernel, or the other way round.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Name">Of which link; that of a NIC is namespace and interface.</param>
/// <param name="Network">The network that it belongs to, or the networks.</param>
public sealed record NetworkDifference(DifferenceKind Kind, string Name, string Network)
{
    /// <summary>What is on record.</summary>
    public string Expected { get; init; } = "";

    /// <summary>What the kernel has.</summary>
    public string Actual { get; init; } = "";

    /// <summary>Whether it has been put right.</summary>
    public bool IsRepaired { get; init; }
}

/// <summary>What differs between record and kernel.</summary>
public enum DifferenceKind
{
    /// <summary>A command died at work on it.</summary>
    Interrupted,

    /// <summary>A parent is not on the host.</summary>
    ParentMissing,

    /// <summary>A parent is another kind of link, or down; or a NIC sits on another.</summary>
    ParentChanged,

    /// <summary>A NIC's interface is not in its namespace.</summary>
    LinkMissing,

    /// <summary>A NIC's interface is down.</summary>
    LinkDown,

    /// <summary>A NIC's interface has another name.</summary>
    NameChanged,

    /// <summary>A NIC's interface has another mode or flag.</summary>
    ModeChanged,

    /// <summary>A NIC's interface has another MAC address.</summary>
    MacAddressChanged,

    /// <summary>A NIC's interface, or a sub-interface, has another MTU.</summary>
    MtuChanged,

    /// <summary>A NIC's interface lacks an address.</summary>
    AddressMissing,

    /// <summary>A NIC's interface has an address of the network's subnets that was not given to it.</summary>
    AddressWithoutLease,

    /// <summary>A NIC's namespace lacks a route.</summary>
    RouteMissing,

    /// <summary>A NIC is in the namespace that its container had before it was restarted, which others keep alive.</summary>
    NamespaceChanged,

    /// <summary>A NIC's namespace is gone, and its addresses are still taken.</summary>
    LeaseWithoutNic,

    /// <summary>An interface that was made for a network is on no record.</summary>
    NicWithoutLease,
}
