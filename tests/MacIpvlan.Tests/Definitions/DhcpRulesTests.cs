using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.Tests.Definitions.TestRequests;

namespace MacIpvlan.Tests.Definitions;

/// <summary>Networks with DHCP: what goes with it, and each rule with the error that it gives.</summary>
public sealed class DhcpRulesTests
{
    private static readonly string s_long = new('x', 255);

    public static TheoryData<string> Good => [.. s_good.Keys];

    public static TheoryData<string> Bad => [.. s_bad.Keys];

    private static readonly Dictionary<string, NetworkRequest> s_good = new()
    {
        ["nothing else"] = Dhcp(""),
        ["IPv6"] = Dhcp("fd18::/64 fd19::/64") with { Gateways = Addresses("fd18::1"), Ranges = Ranges("fd18::/80"), Excluded = Ranges("fd18::9") },
        ["passthru"] = Dhcp("") with { NicKind = new MacvlanLink(MacvlanMode.Passthru) },
        ["source"] = Dhcp("") with { NicKind = new MacvlanLink(MacvlanMode.Source) { AllowedMacAddresses = [new([2, 0, 0, 0, 0, 1])] } },
        ["ipvlan"] = Dhcp("") with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Private) },
        ["internal on a parent"] = Dhcp("") with { Internal = true },
        ["no default route"] = Dhcp("") with { NoDefaultRoute = true, Routes = [Route("0.0.0.0/0 via 10.0.0.9")] },
        ["a default route with another metric"] = Dhcp("") with { Routes = [Route("0.0.0.0/0 via 10.0.0.9 metric 500")] },
        ["routes through whatever router there is"] = Dhcp("") with { Routes = [Route("10.9.0.0/16 via 10.0.0.9"), Route("172.16.0.0/12")] },
        ["least MTU"] = Dhcp("") with { Mtu = 576 },
        ["a long class"] = Dhcp("", new() { VendorClass = s_long }),
        ["a class of a sign"] = Dhcp("", new() { VendorClass = "~" }),
        ["least time"] = Dhcp("", new() { Timeout = TimeSpan.FromSeconds(1) }),
        ["most time"] = Dhcp("", new() { Timeout = TimeSpan.FromSeconds(3600) }),
        ["options"] = Dhcp("", new() { RequestedOptions = [1, 66, 254] }),
        ["a fallback"] = Dhcp("", new() { Fallback = DhcpFallback.Parse("10.0.0.9-10.0.0.20/24") }),
    };

    private static readonly Dictionary<string, (NetworkRequest Request, string Words)> s_bad = new()
    {
        ["a subnet"] = (Dhcp("fd18::/64 10.0.0.0/24"), "Subnet 10.0.0.0/24 can't be used with DHCP: the DHCP server assigns"),
        ["a gateway"] = (Dhcp("fd18::/64") with { Gateways = Addresses("fd18::1 10.0.0.1") }, "Gateway 10.0.0.1 can't"),
        ["a range"] = (Dhcp("") with { Ranges = Ranges("10.0.0.0/25") }, "IPRange 10.0.0.0/25 can't"),
        ["an exclusion"] = (Dhcp("") with { Excluded = Ranges("10.0.0.7") }, "ExcludeAddress 10.0.0.7 can't"),
        ["NoGateway"] = (Dhcp("") with { NoGateway = true }, "NoGateway can't"),
        ["no parent"] = (Dhcp("") with { Parent = null }, "needs a parent"),
        ["the dummy of an internal network"] = (Dhcp("") with { Internal = true, Parent = ParentReference.Parse("dm-0123456789ab") }, "needs a parent"),
        ["l3"] = (Dhcp("") with { NicKind = new IpvlanLink(IpvlanMode.L3, IpvlanFlag.Bridge) }, "mode L3 can't use DHCP: DHCP needs broadcasts"),
        ["l3s"] = (Dhcp("") with { NicKind = new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Bridge) }, "mode L3S can't"),
        ["probes of ipvlan"] = (Dhcp("") with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge), Probe = new() }, "ipvlan"),
        ["the default route that comes anyway"] = (Dhcp("") with { Routes = [Route("0.0.0.0/0 via 10.0.0.9")] }, "which NICs of the network get automatically"),
        ["a route of IPv6"] = (Dhcp("") with { Routes = [Route("fd99::/64")] }, "no subnet of the address family"),
        ["an IPv6 address outside"] = (Dhcp("") with { Excluded = Ranges("fd18::9") }, "fd18::9 isn't in any subnet: the network has none"),
        ["MTU"] = (Dhcp("") with { Mtu = 575 }, "with DHCP must be from 576"),
        ["an empty class"] = (Dhcp("", new() { VendorClass = "" }), "DhcpClass"),
        ["a class that is too long"] = (Dhcp("", new() { VendorClass = s_long + "x" }), "DhcpClass"),
        ["a class of other than ASCII"] = (Dhcp("", new() { VendorClass = "grün" }), "DhcpClass"),
        ["a class with a control character"] = (Dhcp("", new() { VendorClass = "a\tb" }), "DhcpClass"),
        ["no time"] = (Dhcp("", new() { Timeout = TimeSpan.Zero }), "DhcpTimeoutSeconds"),
        ["too much time"] = (Dhcp("", new() { Timeout = TimeSpan.FromSeconds(3601) }), "DhcpTimeoutSeconds"),
        ["a part of a second"] = (Dhcp("", new() { Timeout = TimeSpan.FromSeconds(1.5) }), "DhcpTimeoutSeconds"),
        ["an option of the protocol"] = (Dhcp("", new() { RequestedOptions = [66, 53] }), "option 53"),
        ["a fallback of IPv6"] = (Dhcp("", new() { Fallback = DhcpFallback.Parse("fd18::/64") }), "DhcpFallback fd18::/64 isn't IPv4"),
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void Settings_ThatGoWithDhcpAreTaken(string name) => NetworkDefinition.Check(s_good[name]);

    [Theory]
    [MemberData(nameof(Bad))]
    public void Settings_ThatDoNotAreRefused(string name) => Assert.Contains(
        s_bad[name].Words, Assert.ThrowsAny<NetworkException>(() => NetworkDefinition.Check(s_bad[name].Request)).Message, StringComparison.Ordinal);

    [Fact]
    public void Network_WithoutSubnetNeedsDhcp()
    {
        NetworkAssert.Refused(NetworkError.InvalidParameter, () => NetworkDefinition.Check(Request("")), "needs a subnet or DHCP");
        Assert.Empty(NetworkDefinition.Check(Dhcp("")));
    }

    [Fact]
    public void Probes_AreUsualOfAddressesThatAServerOffers()
    {
        Assert.Equal(new ProbeSettings(), Dhcp("").DefaultProbe);
        Assert.Null(Request("10.0.0.0/24").DefaultProbe);
        Assert.Null((Dhcp("") with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge) }).DefaultProbe);
        // What isn't usual is a setting.
        Assert.Contains("ProbeAddress=False", Settings(Dhcp("")));
        Assert.Contains("ProbeAddress=True", Settings(Dhcp("") with { Probe = new() }));
        Assert.DoesNotContain(Settings(Request("10.0.0.0/24")), static s => s.StartsWith("ProbeAddress", StringComparison.Ordinal));
    }

    [Fact]
    public void Difference_IsNamedByParameter()
    {
        NetworkRequest before = Dhcp("", new() { VendorClass = "a", RequestedOptions = [66, 67] });
        NetworkRequest after = Dhcp("", new()
        {
            Timeout = TimeSpan.FromSeconds(5), RequestedOptions = [67, 66], Fallback = DhcpFallback.Parse("10.0.0.0/24"),
        });

        Assert.Equal(
            ["DhcpTimeoutSeconds: 30 -> 5", "DhcpFallback: none -> 10.0.0.0/24", "DhcpClass: a -> none"],
            NetworkSettings.Compare(NetworkSettings.Of(after), NetworkSettings.Of(before)).Select(static d => $"{d}"));
        Assert.Contains(
            "Dhcp: none -> True",
            NetworkSettings.Compare(NetworkSettings.Of(before), NetworkSettings.Of(Request("10.0.0.0/24"))).Select(static d => $"{d}"));
    }

    private static NetworkRequest Dhcp(string subnets, DhcpDefinition? dhcp = null) =>
        Request(subnets) with { Parent = ParentReference.Parse("eth0"), Dhcp = dhcp ?? new() };

    private static NetworkRoute Route(string text) => NetworkRoute.Parse(text);

    private static IEnumerable<string> Settings(NetworkRequest network) => NetworkSettings.Of(network).Select(static s => $"{s.Name}={s}");
}
