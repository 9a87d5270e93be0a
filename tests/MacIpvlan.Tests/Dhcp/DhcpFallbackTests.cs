using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>The addresses for NICs that no server answers: how they are written, and which can be.</summary>
public sealed class DhcpFallbackTests
{
    [Theory]
    [InlineData("192.168.1.0/24", "192.168.1.0/24", "192.168.1.0-192.168.1.255", true)]
    [InlineData("192.168.1.200-192.168.1.220/24", "192.168.1.0/24", "192.168.1.200-192.168.1.220", false)]
    [InlineData("192.168.1.200 - 192.168.1.220/24", "192.168.1.0/24", "192.168.1.200-192.168.1.220", false)]
    [InlineData("192.168.1.200-192.168.1.200/24", "192.168.1.0/24", "192.168.1.200", false)]
    [InlineData("192.168.1.0-192.168.1.255/24", "192.168.1.0/24", "192.168.1.0-192.168.1.255", true)]
    [InlineData("169.254.0.0/16", "169.254.0.0/16", "169.254.0.0-169.254.255.255", true)]
    [InlineData("10.0.0.7/32", "10.0.0.7/32", "10.0.0.7", true)]
    public void Text_IsASubnetOrARangeInOne(string text, string subnet, string range, bool isWhole)
    {
        DhcpFallback fallback = DhcpFallback.Parse(text);

        Assert.Equal((subnet, range, isWhole), ($"{fallback.Subnet}", $"{fallback.Range}", fallback.IsWholeSubnet));
        Assert.Equal(text, fallback.Typed);
        Assert.Null(fallback.FindWrong());
        Assert.Equal(fallback, DhcpFallback.Parse($"{fallback}"));
        Assert.Equal(fallback.GetHashCode(), DhcpFallback.Parse($"{fallback}").GetHashCode());
    }

    [Theory]
    [InlineData("192.168.1.0", "has no prefix length")]
    [InlineData("192.168.1.200-192.168.1.220", "has no prefix length")]
    [InlineData("192.168.1.7/24", "host bits")]
    [InlineData("192.168.1.220-192.168.1.200/24", "ends before it starts")]
    [InlineData("192.168.1.200-192.168.2.20/24", "not within one subnet")]
    [InlineData("192.168.1.200-fd00::1/24", "mixes IPv4 and IPv6")]
    [InlineData("192.168.1.200-192.168.1.220/33", "0 to 32")]
    [InlineData("192.168.1.0/24-192.168.1.9/24", "")]
    [InlineData("-/", "")]
    [InlineData("/-", "")]
    [InlineData("", "")]
    public void Text_ThatIsNeitherIsRefused(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => DhcpFallback.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("fd00::/64", "isn't IPv4")]
    [InlineData("127.0.0.0/8", "hosts can't have")]
    [InlineData("224.0.0.0/24", "hosts can't have")]
    [InlineData("0.0.0.0/0", "hosts can't have")]
    [InlineData("192.168.1.0-192.168.1.0/24", "no address that a host can have")]
    [InlineData("192.168.1.255-192.168.1.255/24", "no address that a host can have")]
    public void Addresses_ThatNoNicCanHaveAreRefused(string text, string words) =>
        Assert.Contains(words, DhcpFallback.Parse(text).FindWrong(), StringComparison.Ordinal);

    [Fact]
    public void Equality_IsOfTheAddresses()
    {
        Assert.Equal(DhcpFallback.Parse("10.0.0.0/24"), new(IPPrefix.Parse("10.0.0.0/24"), AddressRange.Parse("10.0.0.0-10.0.0.255")));
        Assert.NotEqual(DhcpFallback.Parse("10.0.0.0/24"), DhcpFallback.Parse("10.0.0.1-10.0.0.9/24"));
    }
}
