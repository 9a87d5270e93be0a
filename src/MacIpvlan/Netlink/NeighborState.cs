namespace MacIpvlan;

/// <summary>The state of a neighbor entry: the NUD_ states of include/uapi/linux/neighbour.h.</summary>
public enum NeighborState : long
{
    /// <summary>The neighbor is unknown.</summary>
    None = 0,

    /// <summary>The neighbor is being resolved.</summary>
    Incomplete = 0x01,

    /// <summary>The neighbor answered recently.</summary>
    Reachable = 0x02,

    /// <summary>The neighbor's last answer is too old to rely on.</summary>
    Stale = 0x04,

    /// <summary>The neighbor will be probed unless its reachability is confirmed first.</summary>
    Delay = 0x08,

    /// <summary>The neighbor is being probed.</summary>
    Probe = 0x10,

    /// <summary>The neighbor doesn't answer.</summary>
    Failed = 0x20,

    /// <summary>The address needs no resolution, for example a multicast address.</summary>
    NoArp = 0x40,

    /// <summary>The entry was added manually.</summary>
    Permanent = 0x80,
}
