namespace MacIpvlan;

/// <summary>What events are about.</summary>
public enum NetworkEventKind
{
    /// <summary>An interface.</summary>
    Link,

    /// <summary>An address of an interface.</summary>
    Address,

    /// <summary>A route.</summary>
    Route,

    /// <summary>Another host on an interface's link, by ARP or neighbour discovery.</summary>
    Neighbor,
}
