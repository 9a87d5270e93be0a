using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Bandwidths as users write them, and limits.</summary>
public sealed class BandwidthTests
{
    [Theory]
    [InlineData("50Mbit", 50_000_000, "50Mbit")]
    [InlineData("50mbit", 50_000_000, "50Mbit")]
    [InlineData(" 1.5 gbit ", 1_500_000_000, "1.5Gbit")]
    [InlineData("64kbit", 64_000, "64Kbit")]
    [InlineData("64kibit", 65_536, "65.536Kbit")]
    [InlineData("1Mibit", 1_048_576, "1048.576Kbit")]
    [InlineData("1gibit", 1_073_741_824, "1073741.824Kbit")]
    [InlineData("0.5Tibit", 549_755_813_888, "549755813.888Kbit")]
    [InlineData("50000000", 50_000_000, "50Mbit")]
    [InlineData("8001bit", 8_001, "8.001Kbit")]
    [InlineData("1000001", 1_000_001, "1000.001Kbit")]
    [InlineData("1Tbit", 1_000_000_000_000, "1Tbit")]
    [InlineData("8Kbit", 8_000, "8Kbit")]
    [InlineData("Unlimited", 0, "unlimited")]
    public void Parse_ReadsIt(string text, long bits, string written)
    {
        Bandwidth bandwidth = Bandwidth.Parse(text);

        Assert.Equal((bits, bits / 8, written), (bandwidth.BitsPerSecond, bandwidth.BytesPerSecond, bandwidth.ToString()));
        Assert.Equal(bandwidth, Bandwidth.Parse(written));
        if (bits > 0) Assert.Equal(bandwidth, new Bandwidth(bits));
    }

    [Theory]
    [InlineData("", "doesn't begin with a number")]
    [InlineData("Mbit", "doesn't begin with a number")]
    [InlineData("1.2.3Mbit", "doesn't begin with a number")]
    [InlineData("-5Mbit", "its unit isn't")]
    [InlineData("1e6", "its unit isn't")]
    [InlineData("50M", "its unit isn't")]
    [InlineData("50MB", "its unit isn't")]
    [InlineData("50mbps", "bytes a second")]
    [InlineData("50Mibps", "bytes a second")]
    [InlineData("0", "8Kbit to 1Tbit")]
    [InlineData("7.999Kbit", "8Kbit to 1Tbit")]
    [InlineData("1.001Tbit", "8Kbit to 1Tbit")]
    [InlineData("79228162514264337593543950335Tbit", "8Kbit to 1Tbit")]
    [InlineData("79228162514264337593543950336Tbit", "doesn't begin with a number")]
    public void Parse_RefusesOthers(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => Bandwidth.Parse(text)).Message);

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    [InlineData(7_999)]
    [InlineData(long.MaxValue)]
    public void Number_MustBeInRange(long bits) => Assert.Throws<FormatException>(() => new Bandwidth(bits));

    [Theory]
    [InlineData("8Kbit", null, 60_000, null)]
    [InlineData("8Kbit", null, 60_001, "longer than 60 seconds at 8Kbit")]
    [InlineData(null, "8Kbit", 60_001, "longer than 60 seconds at 8Kbit")]
    [InlineData("1Gbit", "unlimited", 1 << 30, null)]
    [InlineData("1Gbit", null, (1 << 30) + 1, "from 64 to 1073741824 bytes")]
    [InlineData(null, null, 63, "from 64 to 1073741824 bytes")]
    [InlineData(null, null, 64, null)]
    public void Burst_MustFitTheRate(string? inward, string? outward, int burst, string? words)
    {
        BandwidthLimits limits = new(inward is null ? null : Bandwidth.Parse(inward), outward is null ? null : Bandwidth.Parse(outward), burst);

        if (words is null) Assert.Null(limits.Problem);
        else Assert.Contains(words, limits.Problem);
    }

    [Fact]
    public void Limits_OfANicComeBeforeThoseOfItsNetwork()
    {
        Bandwidth fast = Bandwidth.Parse("1Gbit"), slow = Bandwidth.Parse("1Mbit");
        BandwidthLimits network = new(slow, slow, 5000);

        Assert.Equal(network, BandwidthLimits.None.Or(network));
        Assert.Equal(new(fast, slow, 5000), new BandwidthLimits(fast, null, null).Or(network));
        Assert.Equal(new(Bandwidth.Unlimited, slow, 9000), new BandwidthLimits(Bandwidth.Unlimited, null, 9000).Or(network));
        Assert.Equal(new(null, slow, 5000), new BandwidthLimits(Bandwidth.Unlimited, slow, 5000).AsDefaults());
    }
}
