using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>What the kernel shows of a NIC.</summary>
/// <param name="State">Its state.</param>
/// <param name="Link">Its link; null if it wasn't found.</param>
// A class: collections of enumerations aren't compiled ahead of time.
internal sealed record SeenNic(NicState State, Link? Link = null)
{
    /// <summary>When its link was read, in ticks of the stopwatch; zero if it wasn't found.</summary>
    public long Time { get; init; }

    /// <summary>Its addresses from router advertisements.</summary>
    public IReadOnlyList<RouterAddress> RouterAddresses { get; init; } = [];
}
