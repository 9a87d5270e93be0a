namespace MacIpvlan.Tests.Dhcp;

/// <summary>Options 121, 33 and 3: which routes a NIC gets.</summary>
public sealed class DhcpRoutesTests
{
    // The examples of RFC 3442, each with the router 192.168.50.1.
    [Theory]
    [InlineData("00", "0.0.0.0/0")]
    [InlineData("08 0a", "10.0.0.0/8")]
    [InlineData("18 0a0000", "10.0.0.0/24")]
    [InlineData("10 0a11", "10.17.0.0/16")]
    [InlineData("18 0a1b81", "10.27.129.0/24")]
    [InlineData("19 0ae50080", "10.229.0.128/25")]
    [InlineData("20 0ac67a2f", "10.198.122.47/32")]
    public void Destination_HasOnlyItsSignificantOctets(string hex, string expected) =>
        Assert.Equal([$"{expected} via 192.168.50.1"], Classless($"{hex} c0a83201"));

    [Fact]
    public void ClasslessRoutes_ReplaceTheOthers()
    {
        DhcpReply reply = new DhcpReply().With(DhcpOptionCode.StaticRoute, "10.0.0.0 192.168.50.3");
        Assert.Equal(["10.0.0.0/8 via 192.168.50.3", "0.0.0.0/0 via 192.168.50.1"], Routes(reply));
        Assert.Equal(["172.16.0.0/12 via 192.168.50.2"], Routes(reply.With(DhcpOptionCode.ClasslessStaticRoute, "0c ac10 c0a83202")));
    }

    [Theory]
    [InlineData("21 0a000000 c0a83201")]
    [InlineData("ff 0a000000 c0a83201")]
    [InlineData("08")]
    [InlineData("08 0a")]
    [InlineData("08 0a c0a832")]
    [InlineData("00 c0a83202 08 0a c0a832")]
    [InlineData("")]
    public void ClasslessRoutes_ThatAreMalformedCountAsMissing(string hex) =>
        Assert.Equal(["0.0.0.0/0 via 192.168.50.1"], Classless(hex));

    [Theory]
    // Bits beyond the mask.
    [InlineData("04 ac c0a83201", "160.0.0.0/4 via 192.168.50.1")]
    [InlineData("17 0a010f c0a83201", "10.1.14.0/23 via 192.168.50.1")]
    // On the link: 0.0.0.0 as the router, or the host itself.
    [InlineData("18 0a0102 00000000", "10.1.2.0/24")]
    [InlineData("20 0a010203 0a010203", "10.1.2.3/32")]
    [InlineData("00 00000000", "0.0.0.0/0")]
    // Two halves of the address space.
    [InlineData("01 00 c0a83201 01 80 c0a83201", "0.0.0.0/1 via 192.168.50.1, 128.0.0.0/1 via 192.168.50.1")]
    // The first of several for one destination.
    [InlineData("00 c0a83201 00 c0a83202", "0.0.0.0/0 via 192.168.50.1")]
    // The kernel has that route already.
    [InlineData("18 c0a832 00000000", "")]
    public void ClasslessRoutes_AreReadAsTheyAreMeant(string hex, string expected) =>
        Assert.Equal(expected, string.Join(", ", Classless(hex)));

    [Theory]
    // Next hops that no host has: loopback, this network, groups, reserved, the subnet's own addresses.
    [InlineData("00 7f000001")]
    [InlineData("00 00000001")]
    [InlineData("00 e0000001")]
    [InlineData("00 f0000001")]
    [InlineData("00 ffffffff")]
    [InlineData("00 c0a83200")]
    [InlineData("00 c0a832ff")]
    // Destinations that never leave the host, and the NIC itself.
    [InlineData("08 7f c0a83201")]
    [InlineData("20 7f000035 c0a83201")]
    [InlineData("08 00 c0a83201")]
    [InlineData("04 e0 c0a83201")]
    [InlineData("20 ffffffff c0a83201")]
    [InlineData("20 c0a8320a c0a83201")]
    public void Route_ThatMakesNoSenseIsLeftOut(string hex) => Assert.Empty(Classless(hex));

    [Fact]
    public void NextHop_OutsideTheSubnetGetsARouteOnTheLink()
    {
        Assert.Equal(
            ["10.9.9.9/32", "0.0.0.0/0 via 10.9.9.9"],
            Routes(new DhcpReply().With(DhcpOptionCode.Router, "10.9.9.9")));
        // As clouds have it: the server names the way to the router, in whatever order.
        Assert.Equal(
            ["10.9.9.9/32", "0.0.0.0/0 via 10.9.9.9"],
            Routes(new DhcpReply().With(DhcpOptionCode.SubnetMask, "255.255.255.255")
                .With(DhcpOptionCode.ClasslessStaticRoute, "00 0a090909 20 0a090909 00000000")));
        // Two through the same one; and one within another route on the link.
        Assert.Equal(
            ["10.9.0.0/16", "172.31.0.1/32", "10.1.0.0/16 via 172.31.0.1", "10.2.0.0/16 via 172.31.0.1", "0.0.0.0/0 via 10.9.9.9"],
            Classless("10 0a01 ac1f0001 10 0a02 ac1f0001 00 0a090909 10 0a09 00000000"));
    }

    // A router that is reached through another one can't be a next hop, so it has to be on the link.
    [Fact]
    public void NextHop_IsNeverBehindAnother() => Assert.Equal(
        ["10.9.9.9/32", "10.1.0.0/16 via 10.9.9.9"],
        Classless("20 0a090909 c0a83201 10 0a01 0a090909"));

    [Theory]
    [InlineData("10.0.0.0 192.168.50.3", "10.0.0.0/8 via 192.168.50.3")]
    [InlineData("172.16.0.0 192.168.50.3", "172.16.0.0/16 via 192.168.50.3")]
    [InlineData("192.168.9.0 192.168.50.3", "192.168.9.0/24 via 192.168.50.3")]
    // Longer than its class, as dhcpcd reads it.
    [InlineData("10.1.0.0 192.168.50.3", "10.1.0.0/16 via 192.168.50.3")]
    [InlineData("10.1.2.3 192.168.50.3", "10.1.2.3/32 via 192.168.50.3")]
    // The default route isn't legal here; half a pair; a group.
    [InlineData("0.0.0.0 192.168.50.3", "")]
    [InlineData("10.0.0.0", "")]
    [InlineData("224.0.0.1 192.168.50.3", "")]
    public void StaticRoutes_HaveTheirClasses(string value, string expected) => Assert.Equal(
        expected, string.Join(", ", Routes(new DhcpReply().Without(DhcpOptionCode.Router).With(DhcpOptionCode.StaticRoute, value))));

    [Theory]
    [InlineData("192.168.50.2 192.168.50.3", "0.0.0.0/0 via 192.168.50.2")]
    [InlineData("0.0.0.0 192.168.50.3", "0.0.0.0/0 via 192.168.50.3")]
    [InlineData("127.0.0.1", "")]
    public void Router_IsTheFirstThatANicCanHave(string value, string expected) =>
        Assert.Equal(expected, string.Join(", ", Routes(new DhcpReply().With(DhcpOptionCode.Router, value))));

    [Fact]
    public void Router_OfAnOddLengthCountsAsMissing() => Assert.Empty(Routes(new DhcpReply().With(DhcpOptionCode.Router, "c0a8320105")));

    private static IEnumerable<string> Classless(string hex) =>
        Routes(new DhcpReply().With(DhcpOptionCode.ClasslessStaticRoute, Convert.FromHexString(hex.Replace(" ", ""))));

    private static IEnumerable<string> Routes(DhcpReply reply) => reply.Lease().Routes.Select(static r => r.ToString());
}
