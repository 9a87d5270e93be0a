using MacIpvlan.Addressing;
using MacIpvlan.State;
using static MacIpvlan.Tests.Definitions.TestRequests;

namespace MacIpvlan.Tests.Definitions;

/// <summary>Subnets, gateways, ranges, exclusions: each rule with the error that it gives.</summary>
public sealed class NetworkDefinitionTests
{
    [Theory]
    // An IPv4 subnet takes its first address as gateway; an IPv6 subnet has a gateway only if one is given.
    [InlineData("192.168.50.0/24", "", "192.168.50.1")]
    [InlineData("192.168.50.0/24", "192.168.50.254", "192.168.50.254")]
    [InlineData("10.0.0.0/30", "", "10.0.0.1")]
    [InlineData("10.0.0.0/31", "", "10.0.0.0")]
    [InlineData("10.0.0.0/31", "10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.7/32", "", "-")]
    [InlineData("fd18::/64", "", "-")]
    [InlineData("fd18::/64", "fd18::1", "fd18::1")]
    [InlineData("fd18::/127", "fd18::", "fd18::")]
    [InlineData("10.0.1.0/24 10.0.2.0/24 fd18::/64", "10.0.2.254", "10.0.1.1 10.0.2.254 -")]
    public void Gateway_IsTheGivenOneOrTheFirst(string subnets, string gateways, string expected)
    {
        IReadOnlyList<SubnetRecord> records = NetworkDefinition.Check(
            Request(subnets) with { Gateways = Addresses(gateways) });

        Assert.Equal(expected, Gateways(records));
    }

    [Theory]
    [InlineData("10.0.1.0/24 10.0.2.0/24", "", "- -")]
    [InlineData("10.0.1.0/24 10.0.2.0/24", "10.0.2.254", "- 10.0.2.254")]
    public void NoGateway_LeavesThoseAwayThatAreNotGiven(string subnets, string gateways, string expected)
    {
        NetworkRequest request = Request(subnets) with { Gateways = Addresses(gateways), NoGateway = true };

        Assert.Equal(expected, Gateways(NetworkDefinition.Check(request)));
    }

    [Fact]
    public void OnLinkGateway_IsThatOfEachSubnetOfItsFamilyThatHasNone()
    {
        NetworkRequest request = Request("10.0.1.0/24 10.0.2.0/24 fd18::/64") with
        {
            Gateways = Addresses("10.99.0.1 fe80::1"), OnLinkGateway = true,
        };

        Assert.Equal("10.99.0.1 10.99.0.1 fe80::1", Gateways(NetworkDefinition.Check(request)));
    }

    [Fact]
    public void RangesAndExclusions_GoToTheirSubnet()
    {
        IReadOnlyList<SubnetRecord> records = NetworkDefinition.Check(Request("10.0.1.0/24 10.0.2.0/24 fd18::/64") with
        {
            Ranges = Ranges("10.0.2.128/25 fd18::/112 10.0.2.10-10.0.2.20"),
            Excluded = Ranges("10.0.1.9 fd18::5 10.0.2.130-10.0.2.140"),
        });

        Assert.Equal(["10.0.1.0/24", "10.0.2.0/24", "fd18::/64"], records.Select(static r => r.Prefix.ToString()));
        Assert.Equal(
            ["", "10.0.2.128-10.0.2.255 10.0.2.10-10.0.2.20", "fd18::-fd18::ffff"], records.Select(
                static r => string.Join(' ', r.Ranges)));
        Assert.Equal(
            ["10.0.1.9", "10.0.2.130-10.0.2.140", "fd18::5"], records.Select(static r => string.Join(' ', r.Excluded)));
    }

    [Fact]
    public void NextHops_AreExcluded()
    {
        string[] routes = ["10.9.0.0/16 via 10.0.1.9", "10.8.0.0/16 via 10.0.1.7", "10.7.0.0/16 via 10.0.1.7", "10.6.0.0/16"];
        SubnetRecord record = NetworkDefinition.Check(Request("10.0.1.0/24") with
        {
            Excluded = Ranges("10.0.1.8-10.0.1.9"), Routes = [.. routes.Select(NetworkRoute.Parse)],
        })[0];

        Assert.Equal("10.0.1.8-10.0.1.9 10.0.1.7", string.Join(' ', record.Excluded));
    }

    [Fact]
    public void Withheld_AreExclusionsAndGateway()
    {
        SubnetRecord record = NetworkDefinition.Check(Request("10.0.1.0/24") with { Excluded = Ranges("10.0.1.9") })[0];

        Assert.Equal("10.0.1.9 10.0.1.1", string.Join(' ', record.Withheld));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-net")]
    public void Name_MustBeOne(string name) =>
        Refused(NetworkError.InvalidName, Request("10.0.0.0/24") with { Name = name });

    [Fact]
    public void Subnets_MustBeGiven() => Refused(NetworkError.InvalidParameter, Request(""), "needs a subnet");

    [Theory]
    [InlineData("10.0.0.0/24 10.0.0.0/24")]
    [InlineData("10.0.0.0/24 10.0.0.128/25")]
    [InlineData("10.0.1.0/24 fd18::/64 10.0.0.0/16")]
    [InlineData("fd18::/64 fd18::/80")]
    public void Subnets_MustNotOverlap(string subnets) =>
        Refused(NetworkError.SubnetOverlap, Request(subnets), "overlap");

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("0.1.0.0/16")]
    [InlineData("127.0.0.0/8")]
    [InlineData("127.1.2.0/24")]
    [InlineData("224.0.0.0/4")]
    [InlineData("240.0.0.0/8")]
    [InlineData("255.255.255.255/32")]
    [InlineData("::/0")]
    [InlineData("::1/128")]
    [InlineData("ff02::/16")]
    public void Subnets_MustBeOfAddressesThatHostsCanHave(string subnet) =>
        Refused(NetworkError.InvalidAddress, Request(subnet), subnet);

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.1.1")]
    [InlineData("10.0.0.0/24", "fd18::1")]
    [InlineData("fd18::/64", "fd18:0:0:1::1")]
    public void Gateway_MustBeInASubnet(string subnet, string gateway) => Refused(
        NetworkError.InvalidAddress,
        Request(subnet) with { Gateways = Addresses(gateway) }, $"gateway {gateway}", subnet);

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0")]
    [InlineData("10.0.0.0/24", "10.0.0.255")]
    [InlineData("fd18::/64", "fd18::")]
    public void Gateway_MustBeAnAddressThatAHostCanHave(string subnet, string gateway) =>
        Refused(NetworkError.InvalidAddress, Request(subnet) with { Gateways = Addresses(gateway) }, gateway, subnet);

    [Fact]
    public void Gateway_IsOneOfASubnet() => Refused(
        NetworkError.InvalidAddress,
        Request("10.0.0.0/24") with { Gateways = Addresses("10.0.0.1 10.0.0.2") }, "10.0.0.1", "10.0.0.2");

    [Fact]
    public void OnLinkGateway_IsOneOfAFamily() => Refused(
        NetworkError.InvalidAddress,
        Request("10.0.0.0/24") with { Gateways = Addresses("10.9.0.1 10.9.0.2"), OnLinkGateway = true }, "10.9.0.1");

    [Theory]
    [InlineData("10.0.1.0/25")]
    [InlineData("10.0.0.200-10.0.1.10")]
    [InlineData("10.0.0.0/23")]
    [InlineData("fd18::1")]
    public void RangeAndExclusion_MustBeWithinOneSubnet(string range)
    {
        NetworkRequest request = Request("10.0.0.0/24");

        Refused(NetworkError.InvalidAddress, request with { Ranges = Ranges(range) }, "IP range", "10.0.0.0/24");
        Refused(
            NetworkError.InvalidAddress, request with { Excluded = Ranges(range) }, "excluded address", "10.0.0.0/24");
    }

    [Fact]
    public void Range_MustNotGoFromOneSubnetIntoTheNext() => Refused(
        NetworkError.InvalidAddress,
        Request("10.0.0.0/24 10.0.1.0/24") with { Ranges = Ranges("10.0.0.200-10.0.1.10") }, "IP range");

    [Theory]
    [InlineData("10.0.0.0/24", 67)]
    [InlineData("10.0.0.0/24", 65536)]
    [InlineData("10.0.0.0/24", 0)]
    [InlineData("10.0.0.0/24", -1)]
    [InlineData("fd18::/64", 1279)]
    [InlineData("10.0.0.0/24 fd18::/64", 1279)]
    public void Mtu_MustBeWithinBounds(string subnets, int mtu) =>
        Refused(NetworkError.InvalidParameter, Request(subnets) with { Mtu = mtu }, $"{mtu}");

    [Theory]
    [InlineData("10.0.0.0/24", 68)]
    [InlineData("10.0.0.0/24", 65535)]
    [InlineData("fd18::/64", 1280)]
    public void Mtu_MayBeAtItsBounds(string subnets, int mtu) =>
        Assert.Single(NetworkDefinition.Check(Request(subnets) with { Mtu = mtu }));

    [Fact]
    public void RouteMetric_MustNotBeNegative() =>
        Refused(NetworkError.InvalidParameter, Request("10.0.0.0/24") with { RouteMetric = -1 });

    private static void Refused(NetworkError error, NetworkRequest request, params string[] words) =>
        NetworkAssert.Refused(error, () => NetworkDefinition.Check(request), words);

    private static string Gateways(IEnumerable<SubnetRecord> records) =>
        string.Join(' ', records.Select(static r => r.Gateway?.ToString() ?? "-"));
}
