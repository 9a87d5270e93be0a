using System.Text.Json;
using MacIpvlan.Addressing;
using MacIpvlan.Formats;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.Tests.Architecture;
using static MacIpvlan.Tests.Definitions.TestRequests;

namespace MacIpvlan.Tests.Formats;

/// <summary>Our own format: all there is goes out and comes back, and nothing else is taken.</summary>
public sealed class JsonDefinitionsTests : FormatTest
{
    private static readonly ParentLinkRecord s_outer = new()
    {
        Name = "outer",
        Parent = "eth0",
        Kind = new VlanLink(10, VlanProtocol.Ieee8021AD)
        {
            ReorderHeader = false, Gvrp = true, Mvrp = true, LooseBinding = true,
            EgressPriorityMap = [(0, 3), (7, 1)], IngressPriorityMap = [(5, 6)],
        },
        Mtu = 1496,
    };

    private static readonly ParentLinkRecord s_inner = new()
    {
        Name = "outer.20", Parent = "outer", Kind = new VlanLink(20, VlanProtocol.Ieee8021Q), RemovedWithLastNetwork = true,
    };

    private static NetworkRequest Macvlan => Request("10.1.0.0/24 fd01::/64") with
    {
        NicKind = new MacvlanLink(MacvlanMode.Source)
        {
            AllowedMacAddresses = [new([2, 0, 0, 0, 0, 1]), new([2, 0, 0, 0, 0, 0xff])],
            BroadcastQueueLength = 5000, BroadcastCutoff = -1,
        },
        Parent = ParentReference.Parse("outer.20"),
        Vlans = [s_outer, s_inner],
        Gateways = Addresses("10.99.0.1 fe80::1"),
        OnLinkGateway = true,
        Ranges = Ranges("10.1.0.64/26 10.1.0.200-10.1.0.220"),
        Excluded = Ranges("10.1.0.70 fd01::5-fd01::9"),
        NoDefaultRoute = true,
        Routes = Routes("10.9.0.0/16 via 10.1.0.254 metric 100", "blackhole 10.8.0.0/16", "unreachable fd99::/64"),
        RouteMetric = 0,
        Mtu = 1400,
        Bandwidth = new(Bandwidth.Parse("50Mbit"), Bandwidth.Parse("1.5Gbit"), 20_000),
        RouterAdvertisement = RouterAdvertisement.Accept,
        InterfaceIdentifier = InterfaceIdentifier.Eui64,
        Sysctls = [NicSysctl.Parse("net.ipv4.conf.IFNAME.rp_filter=2"), NicSysctl.Parse("net.ipv4.neigh.IFNAME.mcast_solicit=5")],
        Probe = new ProbeSettings(2, 500),
        AllowedLabels = [LabelSetting.Network, LabelSetting.IPAddress],
    };

    private static NetworkRequest Other => Ipvlan(
        Request("10.2.0.0/24") with { Name = "Other", Internal = true, NoGateway = true }, IpvlanMode.L3S, IpvlanFlag.Vepa);

    private static NetworkRequest Sole => Request("10.3.0.0/24") with
    {
        Name = "sole", NicKind = new MacvlanLink(MacvlanMode.Passthru) { NoPromiscuous = true }, Parent = ParentReference.Parse("outer.20"),
        Vlans = [s_outer, s_inner],
    };

    private static NetworkRequest Leased => Request("fd04::/64") with
    {
        Name = "leased",
        Parent = ParentReference.Parse("eth0"),
        Segment = new("fleet", "vlan50") { AwayPolicy = AwayPolicy.Reconcile, GraceSeconds = 3600 },
        Dhcp = new()
        {
            VendorClass = "containers of node7", Timeout = TimeSpan.FromSeconds(7), RequestedOptions = [66, 254],
            Fallback = DhcpFallback.Parse("10.4.0.200-10.4.0.220/24"),
        },
    };

    [Fact]
    public void Networks_ComeBackWithAllThatTheyHave()
    {
        string text = Write(ExportFormat.Json, Macvlan, Other, Sole, Leased);
        NetworkRequest[] read = [.. Read(text)];

        Assert.Equal(Settings(Macvlan, Other, Sole, Leased), Settings(read));
        Assert.Equal(text, Write(ExportFormat.Json, read));
        Assert.Equal([2, 0, 2, 0], read.Select(static n => n.Vlans.Count));
        Assert.Empty(Warnings);
    }

    [Fact]
    public void TheNetworksOfThatTest_HaveEverySetting() => Assert.Equal(
        typeof(NetworkSettings).GetFields().Select(static f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
        new[] { Macvlan, Other, Sole, Leased }.SelectMany(NetworkSettings.Of).Concat(new[] { s_outer, s_inner }.SelectMany(NetworkSettings.Of))
            .Select(static s => s.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Text_IsOfTheNamesOfParameters()
    {
        string text = Write(ExportFormat.Json, Sole);

        Assert.Equal(
            """{"name":"outer","parent":"eth0","vlanId":10,"protocol":"802.1ad","mtu":1496,"reorderHeader":false,"gvrp":true,"""
            + @"""mvrp"":true,""looseBinding"":true,""egressPriorityMap"":[""0:3"",""7:1""],""ingressPriorityMap"":[""5:6""]}",
            Compact(JsonDocument.Parse(text).RootElement.GetProperty("vlans")[0]));
        Assert.Equal(
            """{"name":"sole","kind":"macvlan","mode":"Passthru","parent":"outer.20","subnet":["10.3.0.0/24"],"noPromiscuous":true}""",
            Compact(JsonDocument.Parse(text).RootElement.GetProperty("networks")[0]));
    }

    [Fact]
    public void SettingsThatAreTheUsualOnes_NeedNotBeSaid()
    {
        NetworkRequest read = Assert.Single(Read(
            """{ "format": "macipvlan", "version": 1, "networks": [ { "name": "a", "kind": "ipvlan", "parent": "eth0:50", "subnet": "10.0.0.0/24" } ] }"""));

        Assert.Equal(["Name=a", "Kind=ipvlan", "Mode=L2", "Parent=eth0.50", "Subnet=10.0.0.0/24"], Settings(read));
    }

    [Fact]
    public void ExampleOfTheHelp_IsRead()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/en-US/about_MacIpvlan_Json.md"));
        NetworkRequest read = Assert.Single(Read(page.Split("```json")[1].Split("```")[0]));

        Assert.Equal(
            ["Name=web", "Kind=macvlan", "Mode=Bridge", "Parent=eth0.50", "Subnet=10.1.0.0/24", "Gateway=10.1.0.1", "Mtu=1400"], Settings(read));
        Assert.True(Assert.Single(read.Vlans).RemovedWithLastNetwork);
    }

    [Fact]
    public void SubInterface_ThatNoNetworkSitsOnIsToldOf()
    {
        Read("""{ "format": "macipvlan", "version": 1, "vlans": [ { "name": "eth0.9", "parent": "eth0", "vlanId": 9 } ] }""");

        Assert.Contains("'eth0.9'", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void SubInterfacesOnEachOther_AreNotFollowedWithoutEnd() => Assert.Equal(2, Assert.Single(Read(
        """
        { "format": "macipvlan", "version": 1,
          "vlans": [ { "name": "a", "parent": "b", "vlanId": 1 }, { "name": "b", "parent": "a", "vlanId": 2 } ],
          "networks": [ { "name": "n", "kind": "macvlan", "parent": "a", "subnet": "10.0.0.0/24" } ] }
        """)).Vlans.Count);

    [Theory]
    [InlineData("format", "\"other\"", "format")]
    [InlineData("version", "2", "version is 2")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"bridge\",\"subnet\":\"10.0.0.0/24\"}]", "networks[0].kind")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"subent\":\"10.0.0.0/24\"}]", "networks[0].subent isn't a known setting")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"subnet\":\"10.0.0.1/24\"}]", "networks[0].subnet is invalid")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"subnet\":[\"10.0.0.0/24\",7]}]", "networks[0].subnet[1] isn't a string")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"mode\":\"4\"}]", "'4' isn't one of")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"mtu\":\"1400\"}]", "networks[0].mtu")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"mtu\":1e99}]", "networks[0].mtu")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"internal\":1}]", "networks[0].internal")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"interfaceIdentifier\":\"fe80::1\"}]", "networks[0].interfaceIdentifier")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"probeCount\":1}]", "networks[0].probeAddress")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"dhcp\":{}}]", "networks[0].dhcp is neither true nor false")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"dhcpClass\":\"x\"}]", "networks[0].dhcp is missing, but its settings are present")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"dhcp\":true,\"dhcpRequestOption\":[\"66\",\"50\"]}]", "networks[0].dhcpRequestOption[1] is invalid")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"dhcp\":true,\"dhcpFallback\":\"10.0.0.1/24\"}]", "networks[0].dhcpFallback is invalid")]
    [InlineData("networks", "[{\"name\":\"a\",\"kind\":\"macvlan\",\"dhcp\":true,\"probeAddress\":false,\"probeCount\":1}]", "networks[0].probeAddress")]
    [InlineData("networks", "[{\"name\":\"a\",\"name\":\"b\",\"kind\":\"macvlan\"}]", "networks[0].name occurs twice")]
    [InlineData("networks", "[{\"kind\":\"macvlan\"}]", "networks[0].name is missing")]
    [InlineData("networks", "[null]", "networks[0] is not an object")]
    [InlineData("networks", "{}", "networks isn't a list")]
    [InlineData("vlans", "[{\"name\":\"v\",\"parent\":\"eth0\"}]", "vlans[0].vlanId is missing")]
    [InlineData("vlans", "[{\"name\":\"v\",\"parent\":\"eth0\",\"vlanId\":1,\"protocol\":\"802.1x\"}]", "vlans[0].protocol")]
    [InlineData("vlans", "[{\"name\":\"v\",\"parent\":\"eth0\",\"vlanId\":1,\"egressPriorityMap\":[\"0:-3\"]}]", "vlans[0].egressPriorityMap[0]")]
    [InlineData("vlans", "[{\"name\":\"v\",\"parent\":\"eth0\",\"vlanId\":1},{\"name\":\"v\",\"parent\":\"eth0\",\"vlanId\":2}]", "'v'")]
    [InlineData("more", "1", "more isn't a known setting")]
    public void Text_ThatIsWrongIsRefusedWithThePlace(string property, string value, string words)
    {
        Dictionary<string, string> properties = new() { ["format"] = "\"macipvlan\"", ["version"] = "1", [property] = value };
        string text = $"{{{string.Join(',', properties.Select(static p => $"\"{p.Key}\":{p.Value}"))}}}";

        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(text), words);
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
