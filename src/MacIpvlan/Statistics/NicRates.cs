using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>How much went through a NIC in a second, between two looks at it.</summary>
internal sealed record NicRates
{
    private const int BitsInByte = 8;

    /// <summary>The time between the looks.</summary>
    public required TimeSpan Interval { get; init; }

    public required double ReceivedBits { get; init; }

    public required double ReceivedPackets { get; init; }

    public required double ReceivedDiscardedPackets { get; init; }

    public required double SentBits { get; init; }

    public required double SentPackets { get; init; }

    public required double OutboundDiscardedPackets { get; init; }

    /// <summary>Computes the rates.</summary>
    /// <param name="before">The counters at the first look.</param>
    /// <param name="after">The counters at the second look.</param>
    /// <param name="interval">The time between them.</param>
    /// <returns>Null if they aren't those of one link: a counter is lower than before, or no time has passed.</returns>
    public static NicRates? Between(LinkStatistics before, LinkStatistics after, TimeSpan interval)
    {
        bool isAnother = after.ReceivedBytes < before.ReceivedBytes || after.ReceivedPackets < before.ReceivedPackets
            || after.SentBytes < before.SentBytes || after.SentPackets < before.SentPackets
            || after.ReceivedDiscardedPackets < before.ReceivedDiscardedPackets
            || after.OutboundDiscardedPackets < before.OutboundDiscardedPackets;
        if (isAnother || interval <= TimeSpan.Zero) return null;
        return new()
        {
            Interval = interval,
            ReceivedBits = Rate(before.ReceivedBytes, after.ReceivedBytes) * BitsInByte,
            ReceivedPackets = Rate(before.ReceivedPackets, after.ReceivedPackets),
            ReceivedDiscardedPackets = Rate(before.ReceivedDiscardedPackets, after.ReceivedDiscardedPackets),
            SentBits = Rate(before.SentBytes, after.SentBytes) * BitsInByte,
            SentPackets = Rate(before.SentPackets, after.SentPackets),
            OutboundDiscardedPackets = Rate(before.OutboundDiscardedPackets, after.OutboundDiscardedPackets),
        };

        double Rate(ulong first, ulong second) => (second - first) / interval.TotalSeconds;
    }
}
