using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.Tests.Definitions.TestRequests;

namespace MacIpvlan.Tests.Definitions;

/// <summary>Options of macvlan networks, and routes: each rule with the error that it gives.</summary>
public sealed class NetworkOptionTests
{
    private static readonly PhysicalAddress s_mac = new([2, 0, 0, 0, 0, 1]);
    private static readonly NetworkRequest s_request = Request("10.0.0.0/24 fd18::/64");

    public static TheoryData<string> GoodOptions => [.. s_goodOptions.Keys];

    public static TheoryData<string> BadOptions => [.. s_badOptions.Keys];

    private static readonly Dictionary<string, MacvlanLink> s_goodOptions = new()
    {
        ["source with a list"] = new(MacvlanMode.Source) { AllowedMacAddresses = [s_mac] },
        ["passthru that leaves the parent as it is"] = new(MacvlanMode.Passthru) { NoPromiscuous = true },
        ["a queue of nothing"] = new(MacvlanMode.Bridge) { BroadcastQueueLength = 0 },
        ["a negative cutoff"] = new(MacvlanMode.Bridge) { BroadcastCutoff = -1 },
    };

    private static readonly Dictionary<string, MacvlanLink> s_badOptions = new()
    {
        ["source without a list"] = new(MacvlanMode.Source),
        ["a list without source"] = new(MacvlanMode.Bridge) { AllowedMacAddresses = [s_mac] },
        ["a list of other than MAC addresses"] = new(MacvlanMode.Source) { AllowedMacAddresses = [new([1, 2])] },
        ["NoPromiscuous without passthru"] = new(MacvlanMode.Bridge) { NoPromiscuous = true },
        ["a negative queue"] = new(MacvlanMode.Bridge) { BroadcastQueueLength = -1 },
    };

    [Theory]
    [InlineData(null, null)]
    [InlineData(IpvlanMode.L2, null)]
    [InlineData(IpvlanMode.L3, null)]
    [InlineData(IpvlanMode.L3S, "can't be limited in mode L3S")]
    public void Bandwidth_IsNotForWhatNicsReceiveInModeL3S(IpvlanMode? ipvlan, string? words)
    {
        NetworkRequest request = TestRequests.Request("10.1.0.0/24") with
        {
            NicKind = ipvlan is null ? new MacvlanLink(MacvlanMode.Bridge) : new IpvlanLink(ipvlan.Value, IpvlanFlag.Bridge),
        };
        Bandwidth rate = Bandwidth.Parse("1Mbit");

        NetworkDefinition.Check(request with { Bandwidth = new(null, rate, null) });
        NetworkDefinition.Check(request with { Bandwidth = new(Bandwidth.Unlimited, rate, null) });
        if (words is null) NetworkDefinition.Check(request with { Bandwidth = new(rate, null, null) });
        else NetworkAssert.Refused(NetworkError.InvalidParameter, () => NetworkDefinition.Check(request with { Bandwidth = new(rate, null, null) }), words);
    }

    [Theory]
    [MemberData(nameof(GoodOptions))]
    public void Options_ThatFitTheModeAreTaken(string options) =>
        Assert.Equal(2, NetworkDefinition.Check(s_request with { NicKind = s_goodOptions[options] }).Count);

    [Theory]
    [MemberData(nameof(BadOptions))]
    public void Options_ThatDoNotAreRefused(string options) => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NetworkDefinition.Check(
            s_request with { NicKind = s_badOptions[options] }));

    [Theory]
    [InlineData(1, 50)]
    [InlineData(10, 60_000)]
    public void Probing_IsTakenWithinBounds(int count, int timeout) =>
        Assert.Equal(2, NetworkDefinition.Check(s_request with { Probe = new(count, timeout) }).Count);

    [Theory]
    [InlineData(0, 600, "ProbeCount")]
    [InlineData(11, 600, "ProbeCount")]
    [InlineData(3, 49, "ProbeTimeoutMilliseconds")]
    [InlineData(3, 60_001, "ProbeTimeoutMilliseconds")]
    public void Probing_OutsideIsRefused(int count, int timeout, string words) => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NetworkDefinition.Check(s_request with { Probe = new(count, timeout) }), words);

    [Fact]
    public void Probing_IsNotForIpvlan() => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NetworkDefinition.Check(
            s_request with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge), Probe = new() }), "ipvlan");

    [Theory]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=1 net/ipv4/conf/IFNAME/rp_filter=2", "net.ipv4.conf.IFNAME.rp_filter is specified twice")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=1 net.ipv4.conf.IFNAME.rp_filter=1", "net.ipv4.conf.IFNAME.rp_filter is specified twice")]
    public void Sysctls_AreSpecifiedOnce(string sysctls, string words) => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NetworkDefinition.Check(s_request with { Sysctls = [.. sysctls.Split(' ').Select(NicSysctl.Parse)] }), words);

    [Fact]
    public void Sysctls_AreNotMoreThanAnyNicNeeds() => NetworkAssert.Refused(
        NetworkError.InvalidParameter,
        () => NetworkDefinition.Check(s_request with { Sysctls = [.. Enumerable.Range(0, 101).Select(static i => NicSysctl.Parse($"net.ipv4.conf.IFNAME.s{i}=1"))] }),
        "these are 101");

    [Theory]
    [InlineData("Eui64", RouterAdvertisement.Accept, null, null)]
    [InlineData("StablePrivacy", RouterAdvertisement.Accept, null, null)]
    [InlineData("StablePrivacy", RouterAdvertisement.Accept, IpvlanMode.L2, null)]
    [InlineData("Eui64", RouterAdvertisement.Ignore, null, "don't configure addresses from router advertisements")]
    [InlineData("StablePrivacy", null, null, "don't configure addresses from router advertisements")]
    [InlineData("::1234", RouterAdvertisement.Accept, null, "all NICs of 'net1' would get the same address")]
    [InlineData("Eui64", RouterAdvertisement.Accept, IpvlanMode.L2, "share the MAC address")]
    [InlineData("StablePrivacy", RouterAdvertisement.Accept, IpvlanMode.L3, "in l3 modes")]
    [InlineData("StablePrivacy", RouterAdvertisement.Accept, IpvlanMode.L3S, "in l3 modes")]
    public void InterfaceIdentifier_IsForNetworksThatAcceptAdvertisements(string identifier, RouterAdvertisement? routers, IpvlanMode? ipvlan, string? words)
    {
        NetworkRequest request = s_request with
        {
            Name = "net1", RouterAdvertisement = routers, InterfaceIdentifier = InterfaceIdentifier.Parse(identifier),
            NicKind = ipvlan is IpvlanMode mode ? new IpvlanLink(mode, IpvlanFlag.Bridge) : s_request.NicKind,
        };

        if (words is null) Assert.Equal(2, NetworkDefinition.Check(request).Count);
        else NetworkAssert.Refused(NetworkError.InvalidParameter, () => NetworkDefinition.Check(request), words);
    }

    [Theory]
    [InlineData(RouterAdvertisement.Accept, null, "StablePrivacy")]
    [InlineData(RouterAdvertisement.Accept, IpvlanMode.L2, "StablePrivacy")]
    [InlineData(RouterAdvertisement.Accept, IpvlanMode.L3, null)]
    [InlineData(RouterAdvertisement.Ignore, null, null)]
    [InlineData(null, null, null)]
    public void InterfaceIdentifier_IsStableAndPrivateByDefault(RouterAdvertisement? routers, IpvlanMode? ipvlan, string? identifier) => Assert.Equal(
        identifier, (s_request with
        {
            RouterAdvertisement = routers,
            NicKind = ipvlan is IpvlanMode mode ? new IpvlanLink(mode, IpvlanFlag.Bridge) : s_request.NicKind,
        }).NicIdentifier?.ToString());

    [Theory]
    [InlineData("10.9.0.0/16")]
    [InlineData("10.9.0.0/16 via 10.0.0.254")]
    [InlineData("10.9.0.0/16 via 10.0.0.254 metric 0")]
    [InlineData("fd99::/64 via fd18::1")]
    [InlineData("blackhole 10.9.0.0/16")]
    [InlineData("unreachable fd99::/64 metric 5")]
    public void Routes_ThatASubnetLeadsToAreTaken(string route) =>
        Assert.Equal(2, NetworkDefinition.Check(s_request with { Routes = [NetworkRoute.Parse(route)] }).Count);

    [Theory]
    [InlineData("10.9.0.0/16 via 10.0.1.1", "next hop 10.0.1.1")]
    [InlineData("10.9.0.0/16 via fd18::1", "fd18::1")]
    [InlineData("blackhole 10.9.0.0/16 via 10.0.0.1", "blackhole")]
    public void Routes_WithAnotherNextHopAreRefused(string route, string words) => NetworkAssert.Refused(
        NetworkError.InvalidAddress, () => NetworkDefinition.Check(
            s_request with { Routes = [NetworkRoute.Parse(route)] }), words);

    [Fact]
    public void Routes_MayHaveANextHopOutsideWhenItIsOnTheLink() => Assert.Equal(
        2, NetworkDefinition.Check(
            s_request with { Routes = [NetworkRoute.Parse("10.9.0.0/16 via 10.7.0.1")], OnLinkGateway = true }).Count);

    [Fact]
    public void Routes_OfAFamilyWithoutSubnetAreRefused() => NetworkAssert.Refused(
        NetworkError.InvalidAddress,
        () => NetworkDefinition.Check(
            Request("10.0.0.0/24") with { Routes = [NetworkRoute.Parse("fd99::/64")] }), "family");

    [Fact]
    public void Routes_WithANegativeMetricAreRefused() => NetworkAssert.Refused(
        NetworkError.InvalidAddress,
        () => NetworkDefinition.Check(
            s_request with { Routes = [NetworkRoute.Parse("10.9.0.0/16") with { Metric = -1 }] }), "metric");

    [Theory]
    [InlineData(IpvlanMode.L3)]
    [InlineData(IpvlanMode.L3S)]
    public void Routes_HaveNoNextHopInL3Modes(IpvlanMode mode) => NetworkAssert.Refused(
        NetworkError.InvalidAddress,
        () => NetworkDefinition.Check(s_request with
        {
            NicKind = new IpvlanLink(mode, IpvlanFlag.Bridge), Routes = [
                NetworkRoute.Parse("10.9.0.0/16 via 10.0.0.254")],
        }),
        "l3");

    [Theory]
    [InlineData("0.0.0.0/0 via 10.0.0.9")]
    [InlineData("0.0.0.0/0 metric 0")]
    [InlineData("blackhole 0.0.0.0/0")]
    [InlineData("::/0 via fd18::9")]
    [InlineData("::/0 metric 1024")]
    public void Routes_ThatAreTheDefaultRouteAreRefused(string route)
    {
        NetworkRequest request = Routed(route);

        NetworkAssert.Refused(NetworkError.InvalidParameter, () => NetworkDefinition.Check(request), "default route");
        Assert.Equal(2, NetworkDefinition.Check(request with { NoDefaultRoute = true }).Count);
        Assert.Equal(2, NetworkDefinition.Check(request with { Internal = true }).Count);
        Assert.Equal(2, NetworkDefinition.Check(request with { RouteMetric = 7 }).Count);
        Assert.Equal(2, NetworkDefinition.Check(request with { NoGateway = true, Gateways = [] }).Count);
        NetworkAssert.Refused(
            NetworkError.InvalidParameter,
            () => NetworkDefinition.Check(Routed(route.Split(" via ")[0]) with
            {
                NicKind = new IpvlanLink(IpvlanMode.L3, IpvlanFlag.Bridge), NoGateway = true, Gateways = [],
            }),
            "default route");
    }

    [Theory]
    [InlineData("0.0.0.0/0 via 10.0.0.9 metric 5")]
    [InlineData("::/0 metric 5")]
    public void Routes_BesideTheDefaultRouteHaveAnotherMetric(string route) =>
        Assert.Equal(2, NetworkDefinition.Check(Routed(route)).Count);

    [Theory]
    [InlineData("10.9.0.0/16", "10.9.0.0/16 via 10.0.0.9 metric 0", false)]
    [InlineData("10.9.0.0/16 metric 3", "blackhole 10.9.0.0/16 metric 3", false)]
    [InlineData("fd99::/64", "fd99::/64 metric 1024", false)]
    [InlineData("fd99::/64", "fd99::/64 metric 1", true)]
    [InlineData("10.9.0.0/16", "10.9.0.0/24", true)]
    public void Routes_ToOneDestinationHaveMetricsOfTheirOwn(string one, string other, bool isTaken)
    {
        NetworkRequest request = Routed(one, other);

        if (isTaken) Assert.Equal(2, NetworkDefinition.Check(request).Count);
        else NetworkAssert.Refused(NetworkError.InvalidParameter, () => NetworkDefinition.Check(request), "metric");
    }

    private static NetworkRequest Routed(params string[] routes) => s_request with
    {
        Parent = ParentReference.Parse("eth0"),
        Gateways = Addresses("fd18::1"),
        Routes = [.. routes.Select(NetworkRoute.Parse)],
    };
}
