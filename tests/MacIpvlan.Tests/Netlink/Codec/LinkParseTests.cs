using System.Net.NetworkInformation;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Tests.Codec;

/// <summary>Links as real kernels describe them, and what is read out of that.</summary>
public sealed class LinkParseTests
{
    private const string QosVlan =
        "ip link add link eth0 name eth0.60 index 20 type vlan id 60 reorder_hdr off gvrp on "
        + "loose_binding on ingress-qos-map 1:2 7:4 egress-qos-map 0:1 5:7";
    private const string CutoffMacvlan =
        "ip link add link eth0 name mvc index 30 address 02:42:0a:00:00:02 type macvlan mode bridge bclim -1";

    private static readonly Dictionary<string, Link> s_links = new()
    {
        ["ip link set dev lo up"] = new()
        {
            Index = 1, Name = "lo", Mtu = 65536, MacAddress = Mac("000000000000"), IsUp = true, HasCarrier = true, IsLoopback = true,
        },
        ["ip link add name eth0 index 7 address 02:00:00:00:00:07 mtu 1496 up type dummy"] = new()
        {
            Index = 7, Name = "eth0", KindName = "dummy", Kind = new DummyLink(), Mtu = 1496,
            MacAddress = Mac("020000000007"), IsUp = true, HasCarrier = true,
        },
        ["ip link add link eth0 name mv-private type macvlan mode private"] =
            Macvlan(2, "mv-private", 7, MacvlanMode.Private, 1496, "F6DD0815E0D6"),
        ["ip link add link eth0 name mv-vepa type macvlan mode vepa"] =
            Macvlan(3, "mv-vepa", 7, MacvlanMode.Vepa, 1496, "76DE9F5C911D"),
        ["ip link add link eth0 name mv-bridge mtu 1400 address 02:42:0a:00:00:02 type macvlan mode bridge"] =
            Macvlan(4, "mv-bridge", 7, MacvlanMode.Bridge, 1400, "02420A000002"),
        ["ip link add link eth1 name mv-passthru type macvlan mode passthru"] =
            Macvlan(5, "mv-passthru", 71, MacvlanMode.Passthru, 1500, "227BBE13FB4C"),
        ["ip link add link eth0 name mv-source type macvlan mode source macaddr add 02:42:0a:00:00:03"] =
            Macvlan(6, "mv-source", 7, MacvlanMode.Source, 1496, "3EEC87F8C3C6"),
        ["ip link add link eth2 name iv-l2 type ipvlan mode l2 bridge"] =
            Ipvlan(8, "iv-l2", 72, IpvlanMode.L2, IpvlanFlag.Bridge, "0AB817B766B3"),
        ["ip link add link eth3 name iv-l3 type ipvlan mode l3 private"] =
            Ipvlan(9, "iv-l3", 73, IpvlanMode.L3, IpvlanFlag.Private, "B61A6D53CCB7"),
        ["ip link add link eth4 name iv-l3s type ipvlan mode l3s vepa"] =
            Ipvlan(10, "iv-l3s", 74, IpvlanMode.L3S, IpvlanFlag.Vepa, "E2B51CCE3EC0"),
        ["ip link add link eth0 name eth0.50 type vlan id 50"] =
            Vlan(11, "eth0.50", new VlanLink(50, VlanProtocol.Ieee8021Q)),
        ["ip link add link eth0 name eth0.10 type vlan protocol 802.1ad id 4094"] =
            Vlan(12, "eth0.10", new VlanLink(4094, VlanProtocol.Ieee8021AD)),
        // The parent of a veth end is the other end; its kind has no settings to read back.
        ["ip link add name veth0 type veth peer name veth1"] = new()
        {
            Index = 14, Name = "veth0", KindName = "veth", ParentIndex = 13, Mtu = 1500,
            MacAddress = Mac("5A14AB4D64B2"),
        },
        ["ip link property add dev eth5 altname enp0s31f6 altname a-name-of-more-than-fifteen-bytes"] = new()
        {
            Index = 75, Name = "eth5", KindName = "dummy", Kind = new DummyLink(), Mtu = 1500,
            MacAddress = Mac("1671F54441BB"), AlternativeNames = ["enp0s31f6", "a-name-of-more-than-fifteen-bytes"],
        },
        // Beside its own kind, the message tells the master's (IFLA_INFO_SLAVE_KIND and its settings).
        ["ip link add name port0 master br0 type dummy"] = new()
        {
            Index = 15, Name = "port0", KindName = "dummy", Kind = new DummyLink(), MasterIndex = 60, Mtu = 1500,
            MacAddress = Mac("BEA5052EC8F9"),
        },
        ["ip link add name br0 type bridge"] = new()
        {
            Index = 60, Name = "br0", KindName = "bridge", Mtu = 1500, MacAddress = Mac("BEA5052EC8F9"),
        },
        // Seen from web1: index 7 is that of a link in the namespace the parent is in.
        ["ip link add link eth0 name mv0 netns web1 type macvlan mode bridge"] =
            Macvlan(2, "mv0", 7, MacvlanMode.Bridge, 1496, "8E2AD3A49657") with { ParentNamespaceId = 0 },
        ["ip link add link eth0 name mv0 address 02:42:0a:00:00:02 type macvlan mode bridge"] =
            Macvlan(2, "mv0", 7, MacvlanMode.Bridge, 1500, "02420A000002"),
        [QosVlan] = Vlan(20, "eth0.60", new VlanLink(60, VlanProtocol.Ieee8021Q)),
        [CutoffMacvlan] = Macvlan(30, "mvc", 7, MacvlanMode.Bridge, 1500, "02420A000002"),
    };

    public static TheoryData<string> Commands => [.. Captures.Links.Keys];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Parse_ReadsTheLink(string command)
    {
        Link expected = s_links[command];

        Link link = Parse(Captures.Links[command]);

        Assert.Equivalent(expected with { Kind = null }, link with { Kind = null, IPv6 = null, Statistics = null, Qdisc = "" }, strict: true);
        // All of them are links without a queue, or down.
        Assert.Contains(link.Qdisc, (string[])["noqueue", "noop"]);
        Assert.Equal(expected.Kind, Essence(link.Kind));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Parse_ReadsTheIPv6Settings(string command)
    {
        IPv6Settings settings = Parse(Captures.Links[command]).IPv6!;

        Assert.False(settings.IsDisabled);
        Assert.True(settings.AcceptsAdvertisements);
        Assert.Equal((AddressGeneration.Eui64, null), (settings.Generation, settings.Token));
        Assert.Equal(
            (1, 1, 0),
            (settings[IPv6Settings.AcceptRouterAdvertisements], settings[IPv6Settings.Autoconfigure], settings[IPv6Settings.Disable]));
        Assert.Throws<ArgumentException>(() => settings["forwarding"]);
    }

    [Theory]
    // IFLA_INET6_TOKEN 7 and IFLA_INET6_ADDR_GEN_MODE 8, behind the numbers.
    [InlineData("1400070000000000000000000000000000001234" + "0500080002000000", "::1234", AddressGeneration.StablePrivacy)]
    [InlineData("1400070000000000000000000000000000000000" + "0500080001000000", null, AddressGeneration.None)]
    [InlineData("0500080004000000", null, (AddressGeneration)4)]
    [InlineData("", null, null)]
    public void IPv6Settings_HaveTheInterfaceIdentifier(string attributes, string? token, AddressGeneration? generation)
    {
        byte[] rest = Convert.FromHexString(attributes);
        byte[] families = [(byte)(116 + rest.Length), 0, 10, 0, 112, 0, 2, 0, .. new byte[108], .. rest];

        IPv6Settings settings = IPv6Settings.Parse(new(families))!;

        Assert.Equal((token, generation), (settings.Token?.ToString(), settings.Generation));
        Assert.False(settings.AcceptsAdvertisements);
    }

    [Theory]
    [InlineData("0800070000001234")]
    [InlineData("0800080002000000")]
    public void IPv6Settings_OfAnotherWidthAreMalformed(string attribute) => Assert.Throws<NetlinkException>(() =>
        IPv6Settings.Parse(new([124, 0, 10, 0, 112, 0, 2, 0, .. new byte[108], .. Convert.FromHexString(attribute)])));

    [Fact]
    public void IPv6Settings_AreReadByTheirPlace()
    {
        // 27 numbers, of which each is its index.
        byte[] numbers = [.. Enumerable.Range(0, 27).SelectMany(BitConverter.GetBytes)];
        byte[] families = [116, 0, 10, 0, 112, 0, 2, 0, .. numbers];

        IPv6Settings settings = IPv6Settings.Parse(new(families))!;

        Assert.True(settings.IsDisabled);
        Assert.Equal(
            (3, 5, 26),
            (settings[IPv6Settings.AcceptRouterAdvertisements], settings[IPv6Settings.Autoconfigure], settings[IPv6Settings.Disable]));
        // A link without IPv6, and one of which the kernel says too little.
        Assert.Null(IPv6Settings.Parse(new([8, 0, 2, 0, 4, 0, 1, 0])));
        Assert.Throws<NetlinkException>(() => IPv6Settings.Parse(new([12, 0, 10, 0, 8, 0, 2, 0, 1, 0, 0, 0])));
    }

    [Fact]
    public void Parse_ReadsTheSettingsOfAMacvlan()
    {
        MacvlanLink source = Assert.IsType<MacvlanLink>(Parse(Captures.Links[
            "ip link add link eth0 name mv-source type macvlan mode source macaddr add 02:42:0a:00:00:03"]).Kind);

        Assert.Equal([Mac("02420A000003")], source.AllowedMacAddresses);
        Assert.Equal(1000, source.BroadcastQueueLength);
        Assert.False(source.NoPromiscuous);
        // Linux 6.1 does not know it.
        Assert.Null(source.BroadcastCutoff);
        Assert.Equal(-1, Assert.IsType<MacvlanLink>(Parse(Captures.Links[CutoffMacvlan]).Kind).BroadcastCutoff);
    }

    [Fact]
    public void Parse_ReadsTheSettingsOfAVlan()
    {
        VlanLink plain = Assert.IsType<VlanLink>(
            Parse(Captures.Links["ip link add link eth0 name eth0.50 type vlan id 50"]).Kind);
        VlanLink vlan = Assert.IsType<VlanLink>(Parse(Captures.Links[QosVlan]).Kind);

        Assert.Equal((true, false, false, false), (plain.ReorderHeader, plain.Gvrp, plain.Mvrp, plain.LooseBinding));
        Assert.Empty(plain.IngressPriorityMap);
        Assert.Empty(plain.EgressPriorityMap);
        Assert.Equal((false, true, false, true), (vlan.ReorderHeader, vlan.Gvrp, vlan.Mvrp, vlan.LooseBinding));
        Assert.Equal([(1u, 2u), (7u, 4u)], vlan.IngressPriorityMap);
        Assert.Equal([(0u, 1u), (5u, 7u)], vlan.EgressPriorityMap);
    }

    [Theory]
    [InlineData("eth5", true)]
    [InlineData("enp0s31f6", true)]
    [InlineData("a-name-of-more-than-fifteen-bytes", true)]
    [InlineData("ETH5", false)]
    [InlineData("enp0s31", false)]
    public void IsNamed_KnowsNameAndAlternativeNames(string name, bool isNamed)
    {
        Link link = s_links[
            "ip link property add dev eth5 altname enp0s31f6 altname a-name-of-more-than-fifteen-bytes"];

        Assert.Equal(isNamed, link.IsNamed(name));
    }

    [Fact]
    public void Format_IsTheNotationOfIp() => Assert.Equal("02:42:0a:00:00:02", Link.Format(Mac("02420A000002")));

    private static Link Parse(byte[] datagram)
    {
        MessageReader reader = new(datagram);
        Assert.True(reader.TryRead(out Message message));
        Link link = Link.Parse(message);
        Assert.False(reader.TryRead(out _));
        return link;
    }

    // The kernel tells every setting of a kind; here it is about those that make the kind what it is.
    private static LinkKind? Essence(LinkKind? kind) => kind switch
    {
        MacvlanLink macvlan => new MacvlanLink(macvlan.Mode),
        IpvlanLink ipvlan => new IpvlanLink(ipvlan.Mode, ipvlan.Flag),
        VlanLink vlan => new VlanLink(vlan.VlanId, vlan.Protocol),
        _ => kind,
    };

    private static Link Macvlan(int index, string name, int parent, MacvlanMode mode, int mtu, string mac) => new()
    {
        Index = index, Name = name, KindName = "macvlan", Kind = new MacvlanLink(mode), ParentIndex = parent, Mtu = mtu,
        MacAddress = Mac(mac),
    };

    private static Link Ipvlan(
        int index, string name, int parent, IpvlanMode mode, IpvlanFlag flag, string mac) => new()
    {
        Index = index, Name = name, KindName = "ipvlan", Kind = new IpvlanLink(mode, flag), ParentIndex = parent,
        Mtu = 1500,
        MacAddress = Mac(mac),
    };

    private static Link Vlan(int index, string name, VlanLink kind) => new()
    {
        Index = index, Name = name, KindName = "vlan", Kind = kind, ParentIndex = 7, Mtu = 1496,
        MacAddress = Mac("020000000007"),
    };

    private static PhysicalAddress Mac(string digits) => PhysicalAddress.Parse(digits);
}
