using MacIpvlan.Addressing;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>Qdiscs and filters as the kernel reports them.</summary>
public sealed class TrafficTests
{
    [Fact]
    public void Qdiscs_HaveTheirPlaceAndTheirSettings()
    {
        List<Qdisc> qdiscs = Read("RTM_GETQDISC, all, Linux 6.18", QdiscGet.Parse);

        Qdisc root = qdiscs.Single(static q => q is { LinkIndex: 7, IsRoot: true }), filters = qdiscs.Single(static q => q.IsForFilters);
        Assert.Equal(("tbf", 0x6d690000u, "50Mbit"), (root.Kind, root.Handle, $"{root.Bucket}"));
        Assert.True(new TokenBucket(Bandwidth.Parse("50Mbit"), 62_500, 375_000).IsSame(root.Bucket!));
        Assert.Equal((7, "clsact", null), (filters.LinkIndex, filters.Kind, filters.Bucket));
    }

    [Theory]
    [InlineData("50Mbit", 62_500, 375_000u, true)]
    [InlineData("51Mbit", 62_500, 375_000u, false)]
    [InlineData("50Mbit", 63_000, 375_000u, false)]
    [InlineData("50Mbit", 62_500, 375_001u, false)]
    public void Bucket_IsComparedByAllOfItsSettings(string rate, int burst, uint limit, bool isSame)
    {
        TokenBucketReport report = Read("RTM_GETQDISC, all, Linux 6.18", QdiscGet.Parse).Single(static q => q.LinkIndex == 7 && q.IsRoot).Bucket!;

        Assert.Equal(isSame, new TokenBucket(Bandwidth.Parse(rate), burst, limit).IsSame(report));
    }

    [Fact]
    public void Rate_CanHaveMoreThan32Bits()
    {
        TokenBucketReport report = Read("RTM_GETQDISC, all, more than 32 bits, Linux 6.18", QdiscGet.Parse).Single(static q => q.LinkIndex == 7 && q.IsRoot).Bucket!;

        Assert.Equal("100Gbit", $"{report}");
        Assert.True(new TokenBucket(Bandwidth.Parse("100Gbit"), 125_000_000, 750_000_000).IsSame(report));
    }

    [Fact]
    public void Filters_AreTheHeadATableAndOneThatRedirectsAllPackets()
    {
        List<TrafficFilter> filters = Read("RTM_GETTFILTER, ingress of eth0, Linux 6.18", FilterGet.Parse);

        Assert.Equal([false, false, true], filters.Select(static f => f.IsActive));
        Assert.Equal(("u32", (ushort)1, 11_000_001), (filters[2].Kind, filters[2].Priority, filters[2].RedirectsTo));
        Assert.Equal([null, null], filters.Take(2).Select(static f => f.RedirectsTo));
    }

    private static List<T> Read<T>(string answer, MessageParser<T> parse)
    {
        MessageReader reader = new(Captures.Answers[answer]);
        List<T> found = [];
        while (reader.TryRead(out Message message)) found.Add(parse(message));
        return found;
    }
}
