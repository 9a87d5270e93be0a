using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Routes in the words of ip.</summary>
public sealed class NetworkRouteTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", null, null, NetworkRouteType.Unicast)]
    [InlineData("10.0.0.0/8 via 192.168.1.254", "10.0.0.0/8", "192.168.1.254", null, NetworkRouteType.Unicast)]
    [InlineData(
        "10.0.0.0/8 via 192.168.1.254 metric 100", "10.0.0.0/8", "192.168.1.254", 100, NetworkRouteType.Unicast)]
    [InlineData("0.0.0.0/0 via 192.168.1.254", "0.0.0.0/0", "192.168.1.254", null, NetworkRouteType.Unicast)]
    [InlineData("blackhole 10.9.0.0/16", "10.9.0.0/16", null, null, NetworkRouteType.Blackhole)]
    [InlineData("unreachable 10.9.0.0/16 metric 7", "10.9.0.0/16", null, 7, NetworkRouteType.Unreachable)]
    [InlineData("fd99::/64 via fd18::1", "fd99::/64", "fd18::1", null, NetworkRouteType.Unicast)]
    public void Parse_ReadsARoute(string text, string destination, string? nextHop, int? metric, NetworkRouteType type)
    {
        NetworkRoute route = NetworkRoute.Parse(text);

        Assert.Equal(IPPrefix.Parse(destination), route.Destination);
        Assert.Equal(nextHop is null ? null : IPAddress.Parse(nextHop), route.NextHop);
        Assert.Equal((metric, type), (route.Metric, route.Type));
        Assert.Equal(text, route.ToString());
    }

    [Theory]
    [InlineData("10.0.0.7", "10.0.0.7/32")]
    [InlineData("fd99::7", "fd99::7/128")]
    [InlineData("  10.0.0.0/8   metric  3 via 10.1.1.1 ", "10.0.0.0/8 via 10.1.1.1 metric 3")]
    public void Parse_TakesAHostAndWordsInAnyOrder(string text, string canonical) =>
        Assert.Equal(canonical, NetworkRoute.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("via 10.0.0.1")]
    [InlineData("default via 10.0.0.1")]
    [InlineData("blackhole")]
    [InlineData("prohibit 10.0.0.0/8")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/8 via")]
    [InlineData("10.0.0.0/8 via eth0")]
    [InlineData("10.0.0.0/8 dev eth0")]
    [InlineData("10.0.0.0/8 metric -1")]
    [InlineData("10.0.0.0/8 metric 99999999999")]
    [InlineData("10.0.0.0/8 metric")]
    [InlineData("10.0.0.0/8 10.0.0.1")]
    public void Parse_RefusesWhatIsNoRoute(string text) =>
        Assert.Throws<FormatException>(() => NetworkRoute.Parse(text));
}
