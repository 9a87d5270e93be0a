namespace MacIpvlan;

/// <summary>
/// The state of a NIC: what the kernel and the container runtimes report now, or what is on record.
/// </summary>
public enum NicState : long
{
    /// <summary>Its interface is up, has a carrier and has all addresses.</summary>
    Up,

    /// <summary>Its interface is down.</summary>
    Down,

    /// <summary>Its interface is down, because it's disabled.</summary>
    Disabled,

    /// <summary>Its interface is up, but its parent is down or has no carrier.</summary>
    LowerLayerDown,

    /// <summary>Its interface is up, but lacks at least one of its addresses.</summary>
    AddressMissing,

    /// <summary>Its interface isn't in its namespace: it was deleted or moved.</summary>
    Missing,

    /// <summary>Its interface is gone, and so is its parent.</summary>
    ParentMissing,

    /// <summary>Its namespace no longer exists.</summary>
    NamespaceGone,

    /// <summary>Its namespace no longer exists, and its name or process leads to another one.</summary>
    NamespaceReplaced,

    /// <summary>Its container isn't running.</summary>
    ContainerStopped,

    /// <summary>Its container has been restarted and runs in another namespace.</summary>
    ContainerRestarted,

    /// <summary>Its container has been removed.</summary>
    ContainerGone,

    /// <summary>Its container has been removed, and no other one has the name that it belongs to yet.</summary>
    ContainerAwaited,

    /// <summary>Its namespace can't be looked into, for example without root privileges.</summary>
    Unknown,

    /// <summary>A command is connecting it, or was interrupted.</summary>
    Reserved,

    /// <summary>A command is disconnecting it, or was interrupted.</summary>
    Detaching,

    /// <summary>A command is restoring it, or was interrupted.</summary>
    Restoring,

    /// <summary>A command is changing it, or was interrupted.</summary>
    Changing,

    /// <summary>The command that returns it has disconnected it.</summary>
    Disconnected,

    /// <summary>Only on record: its interface was created.</summary>
    Attached,

    /// <summary>Only on record: it keeps its addresses but has no interface, because a restore found no namespace or parent, or failed.</summary>
    Detached,
}
