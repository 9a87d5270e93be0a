namespace MacIpvlan;

/// <summary>The kinds of objects that events are about.</summary>
public enum NetworkEventKind : long
{
    /// <summary>An interface.</summary>
    Link,

    /// <summary>An address of an interface.</summary>
    Address,

    /// <summary>A route.</summary>
    Route,

    /// <summary>Another station on an interface's link, found by ARP or neighbor discovery.</summary>
    Neighbor,

    /// <summary>The DHCP lease of a NIC.</summary>
    Lease,
}
