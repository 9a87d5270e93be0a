namespace MacIpvlan.Addressing;

/// <summary>The limits of a NIC, or the defaults of a network for its NICs.</summary>
/// <param name="In">The highest rate that it receives at; null for the default.</param>
/// <param name="Out">The highest rate that it sends at; null for the default.</param>
/// <param name="Burst">How many bytes can pass at once, at any speed; null to follow from the rate and the MTU.</param>
public sealed record BandwidthLimits(Bandwidth? In, Bandwidth? Out, int? Burst)
{
    /// <summary>The fewest bytes of a burst: less than any packet of Ethernet.</summary>
    public const int LeastBurst = 64;

    /// <summary>The most bytes of a burst.</summary>
    public const int MostBurst = 1 << 30;

    /// <summary>
    /// How long a burst can take at the rate. The kernel reports it as a number of 32 bits, in units of 64 nanoseconds
    /// (PSCHED_SHIFT in include/net/pkt_sched.h).
    /// </summary>
    public static readonly TimeSpan LongestBurst = TimeSpan.FromSeconds(60);

    /// <summary>No limits, and no defaults other than these.</summary>
    public static BandwidthLimits None { get; } = new(null, null, null);

    /// <summary>Limits as they are specified: for one way, or for both, of which that for one way counts more.</summary>
    public static BandwidthLimits Of(Bandwidth? both, Bandwidth? @in, Bandwidth? @out, int? burst) => new(@in ?? both, @out ?? both, burst);

    /// <summary>Whether it says nothing.</summary>
    public bool IsEmpty => In is null && Out is null && Burst is null;

    /// <summary>These limits, and the defaults for what they don't say.</summary>
    public BandwidthLimits Or(BandwidthLimits defaults) => new(In ?? defaults.In, Out ?? defaults.Out, Burst ?? defaults.Burst);

    /// <summary>These limits as defaults: unlimited is what there is without them.</summary>
    public BandwidthLimits AsDefaults() => new(In == Bandwidth.Unlimited ? null : In, Out == Bandwidth.Unlimited ? null : Out, Burst);

    /// <summary>Why a network can't have these limits; null if it can.</summary>
    public string? Problem
    {
        get
        {
            if (Burst is not int burst) return null;
            if (burst is < LeastBurst or > MostBurst) return $"BandwidthBurst must be from {LeastBurst} to {MostBurst} bytes, not {burst}";
            Bandwidth? slow = ((Bandwidth?[])[In, Out]).FirstOrDefault(b => b is { BitsPerSecond: > 0 } && burst > b.BytesPerSecond * (long)LongestBurst.TotalSeconds);
            return slow is null ? null : $"a burst of {burst} bytes takes longer than {LongestBurst.TotalSeconds} seconds at {slow}";
        }
    }
}
