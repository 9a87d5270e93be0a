using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;
using static MacIpvlan.Tests.Statistics.CountedNic;

namespace MacIpvlan.Tests.Statistics;

/// <summary>Rates between two looks at a NIC, which can be another one by then.</summary>
public sealed class ContainerNicStatisticsTests
{
    private static readonly LinkStatistics s_before = Count(packets: 100, received: 1_000, sent: 10_000);

    public static TheoryData<string, Func<LinkStatistics, LinkStatistics>> Lower => new()
    {
        { nameof(LinkStatistics.ReceivedBytes), static c => c with { ReceivedBytes = 999 } },
        { nameof(LinkStatistics.ReceivedPackets), static c => c with { ReceivedPackets = 99 } },
        { nameof(LinkStatistics.SentBytes), static c => c with { SentBytes = 0 } },
        { nameof(LinkStatistics.SentPackets), static c => c with { SentPackets = 99 } },
        { nameof(LinkStatistics.ReceivedDiscardedPackets), static c => c with { ReceivedDiscardedPackets = 0 } },
        { nameof(LinkStatistics.OutboundDiscardedPackets), static c => c with { OutboundDiscardedPackets = 0 } },
    };

    [Fact]
    public void Rates_AreDifferencesInASecond()
    {
        ContainerNicStatistics after = Measure(Web1, Count(packets: 150, received: 2_000, sent: 10_500), seconds: 2);

        Assert.Equal(
            (TimeSpan.FromSeconds(2), 4_000, 25, 25, 2_000, 25, 25),
            (after.Interval, after.ReceivedBitsPerSecond, after.ReceivedPacketsPerSecond, after.ReceivedDiscardedPacketsPerSecond,
                after.SentBitsPerSecond, after.SentPacketsPerSecond, after.OutboundDiscardedPacketsPerSecond));
        Assert.Equal((2_000ul, 150ul, 10_500ul), (after.ReceivedBytes, after.ReceivedPackets, after.SentBytes));
    }

    [Fact]
    public void Rates_OfNumbersThatDoublesDontHold_AreExact()
    {
        ContainerNicStatistics before = new(See(Web1, Count(1, ulong.MaxValue - 10, 0)), default);
        ContainerNicStatistics after = new(See(Web1, Count(1, ulong.MaxValue, 0), 1), default, before);

        Assert.Equal(80, after.ReceivedBitsPerSecond);
    }

    [Theory]
    [MemberData(nameof(Lower))]
    public void CounterThatIsLower_IsThatOfAnotherLink(string counter, Func<LinkStatistics, LinkStatistics> change)
    {
        ContainerNicStatistics after = Measure(Web1, change(s_before), seconds: 1);

        Assert.True(after.Interval is null, counter);
        Assert.Null(after.SentBitsPerSecond);
        Assert.Equal(change(s_before).SentBytes, after.SentBytes);
    }

    [Fact]
    public void LinkInAnotherNamespaceOrWithAnotherIndex_HasNoRates()
    {
        LinkStatistics more = Count(packets: 1_000, received: 100_000, sent: 100_000);

        Assert.NotNull(Measure(Web1, more, seconds: 1).Interval);
        Assert.Null(Measure(Web1 with { InterfaceIndex = 1_000_002 }, more, seconds: 1).Interval);
        Assert.Null(Measure(Web1 with { Namespace = new(4, 4712) }, more, seconds: 1).Interval);
        Assert.Null(Measure(Web1 with { NamespaceBirth = new(HostBoot.Id, 2) }, more, seconds: 1).Interval);
        // Two looks at the same moment.
        Assert.Null(Measure(Web1, more, seconds: 0).Interval);
    }

    [Fact]
    public void LinkThatIsNotThere_HasNoCounters()
    {
        ContainerNicStatistics gone = new(See(Web1, null, 1, NicState.Missing), default, new(See(Web1, s_before), default));
        ContainerNicStatistics back = new(See(Web1, s_before, 2), default, gone);

        Assert.Equal((NicState.Missing, null, null, null), (gone.State, gone.ReceivedBytes, gone.OutboundPacketErrors, gone.Interval));
        Assert.Equal((10_000ul, null), (back.SentBytes, back.Interval));
    }

    private static ContainerNicStatistics Measure(NicRecord record, LinkStatistics after, double seconds) =>
        new(See(record, after, seconds), default, new(See(Web1, s_before), default));
}
