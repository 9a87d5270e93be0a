namespace MacIpvlan;

/// <summary>What happens to packets to a route's destination.</summary>
public enum NetworkRouteType : long
{
    /// <summary>They're sent to the next hop, or directly on the link.</summary>
    Unicast,

    /// <summary>They're dropped silently.</summary>
    Blackhole,

    /// <summary>They're dropped, and the sender gets an error.</summary>
    Unreachable,
}
