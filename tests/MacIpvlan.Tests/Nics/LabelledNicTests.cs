using MacIpvlan.Containers;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Nics;

public class LabelledNicTests
{
    [Fact]
    public void Labels_AskForNicsOnNetworks_WithSettings()
    {
        LabelledNic[] nics = Read(
            "network=lan, DMZ,,lan", "lan.ip=10.1.0.20", "lan.ip6=fd01::20/64", "lan.mac=02:00:00:00:00:20", "lan.interface=lan0", "lan.mtu=1400",
            "dmz.default-route=false");

        Assert.Equal(["lan", "DMZ"], nics.Select(static n => n.Network));
        Assert.Equal(["10.1.0.20", "fd01::20"], nics[0].Addresses.Select(static a => $"{a}"));
        Assert.Equal("fd01::20/64", $"{Assert.Single(nics[0].AddressesWithLength)}");
        Assert.Equal(("02:00:00:00:00:20", "lan0", 1400, null), (Link.Format(nics[0].MacAddress!), nics[0].InterfaceName, nics[0].Mtu, nics[0].DefaultRoute));
        Assert.Equal(
            [LabelSetting.Network, LabelSetting.IPAddress, LabelSetting.MacAddress, LabelSetting.InterfaceName, LabelSetting.Mtu], nics[0].Settings);
        Assert.Equal([LabelSetting.Network, LabelSetting.DefaultRoute], nics[1].Settings);
        Assert.False(nics[1].DefaultRoute);
    }

    // Podman's --annotation splits at commas, and keeps spaces.
    [Fact]
    public void Networks_CanBeSeparatedBySpaces() => Assert.Equal(["lan", "dmz", "a"], Read("network= lan dmz ,a").Select(static n => n.Network));

    // The name of a network can have dots, and be the beginning of another's name.
    [Fact]
    public void Network_IsFoundByItsWholeName()
    {
        LabelledNic[] nics = Read("network=a,a.b,network", "a.b.mtu=1300", "a.mtu=1200", "network.mtu=1100");

        Assert.Equal([1200, 1300, 1100], nics.Select(static n => n.Mtu));
    }

    [Theory]
    [InlineData("ip=fd01::1")]
    [InlineData("ip=")]
    [InlineData("ip=10.1.0.0.1")]
    [InlineData("ip=10.1.0.5/33")]
    [InlineData("ip6=10.1.0.1")]
    [InlineData("mac=02:00:00")]
    [InlineData("mac=")]
    [InlineData("mac=nonsense")]
    [InlineData("mtu=-1")]
    [InlineData("mtu=1e3")]
    [InlineData("mtu=99999999999")]
    [InlineData("default-route=perhaps")]
    public void Value_ThatIsNone_IsAProblemOfTheNic(string label)
    {
        LabelledNic nic = Assert.Single(Read("network=lan", $"lan.{label}"));

        Assert.Equal($"its label macipvlan.lan.{label} isn't valid", nic.Problem);
    }

    [Fact]
    public void Label_OfNoNetwork_IsUnknown()
    {
        List<string> unknown = [];

        Assert.Empty(LabelledNic.Read(Labels("lan.ip=10.1.0.1", "nic=lan"), unknown.Add));
        Assert.Single(LabelledNic.Read(Labels("network=lan", "lan.gateway=10.1.0.1", "lan.IP=10.1.0.1"), unknown.Add));

        Assert.Equal(["macipvlan.lan.ip", "macipvlan.nic", "macipvlan.lan.IP", "macipvlan.lan.gateway"], unknown);
    }

    [Fact]
    public void Setting_IsThereOnce() =>
        Assert.Equal("its labels macipvlan.LAN.ip and macipvlan.lan.ip say the same", Assert.Single(Read("network=lan", "lan.ip=10.1.0.1", "LAN.ip=10.1.0.2")).Problem);

    // What is cut off could change the meaning of the rest, so no valid value is that long.
    [Fact]
    public void Value_WithoutEnd_IsAProblem_AndTheNetworkIsReadFirst()
    {
        Dictionary<string, string> labels = Enumerable.Range(0, 5000).ToDictionary(static i => $"macipvlan.a{i}", static _ => "");
        labels["macipvlan.network"] = "lan";
        Assert.Equal("lan", Assert.Single(LabelledNic.Read(ContainerLabels.Select(labels), static _ => { })).Network);

        Assert.NotNull(Assert.Single(Read("network=lan", $"lan.ip=10.1.0.70{new string(' ', 5000)}")).Problem);
    }

    [Fact]
    public void OfAllLabels_OnlyThoseForThisModuleAreKept_AndNoMoreThanAnybodyNeeds()
    {
        Dictionary<string, string> labels = Enumerable.Range(0, 5000).ToDictionary(static i => $"macipvlan.n{i}.ip", static _ => "x");
        labels["com.docker.compose.project"] = "shop";

        Assert.Equal(100, ContainerLabels.Select(labels).Count);
        Assert.Empty(ContainerLabels.Select(new Dictionary<string, string> { ["macipvlan"] = "" }));
        Assert.Equal(1003, Assert.Single(ContainerLabels.Select(new Dictionary<string, string> { ["macipvlan.network"] = new('x', 2000) })).Value.Length);
        Assert.Empty(ContainerLabels.Select(null));
    }

    private static LabelledNic[] Read(params string[] labels) => [.. LabelledNic.Read(Labels(labels), label => Assert.Fail(label))];

    private static IReadOnlyDictionary<string, string> Labels(params string[] labels) =>
        ContainerLabels.Select(labels.ToDictionary(static l => $"macipvlan.{l.Split('=')[0]}", static l => l.Split('=', 2)[1]));
}
