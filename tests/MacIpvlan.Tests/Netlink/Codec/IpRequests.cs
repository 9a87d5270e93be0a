using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Tests.Codec;

/// <summary>A request, the ip command that asks the same, and in what its bytes differ from those of ip.</summary>
internal sealed record IpRequest(string Command, RouteRequest Request, params string[] Differences);

/// <summary>A request of each shape that the module sends.</summary>
internal static partial class IpRequests
{
    // ip leaves the settings out where there are none; the kernel takes an empty nest for the same.
    private const string EmptySettings = "+ link 18 2: nest";

    // ip leaves the protocol to the kernel's default, which is this one.
    private const string TagProtocol = "+ link 18 2 5: 8100";

    // RTM_SETLINK changes a link and never makes one; ip uses RTM_NEWLINK without NLM_F_CREATE.
    private static readonly string[] s_setLink = ["- type 16", "+ type 19"];

    // IFLA_EXT_MASK: ip asks for virtual functions too, and for statistics where it shows them.
    private static readonly string[] s_mask = ["- link 29: 09000000", "+ link 29: 08000000"];

    private static readonly PhysicalAddress s_mac = new([0x02, 0x42, 0x0a, 0, 0, 2]);
    private static readonly NamespaceHandle s_web1 = NamespaceHandle.Open("web1", "/proc/self/ns/net");

    /// <summary>The link eth0 as it was when the bytes were captured.</summary>
    public static Link Eth0 { get; } = new() { Index = 7, Name = "eth0" };

    /// <summary>The namespace that links are made in.</summary>
    public static NamespaceHandle Web1 => s_web1;

    public static IReadOnlyList<IpRequest> All { get; } =
        [.. Adds(), .. Options(), .. Changes(), .. Lookups(), .. Addresses(), .. Routes(), .. OtherRoutes()];

    private static IpRequest[] Adds() =>
    [
        new(
            "ip link add name dm-0123456789ab type dummy", new LinkAdd("dm-0123456789ab", new DummyLink()),
            EmptySettings),
        new("ip link add name di-0123456789ab mtu 9000 type dummy",
            new LinkAdd("di-0123456789ab", new DummyLink()) { Mtu = 9000 }, EmptySettings),
        Macvlan(MacvlanMode.Private, "private"),
        Macvlan(MacvlanMode.Vepa, "vepa"),
        Macvlan(MacvlanMode.Bridge, "bridge"),
        Macvlan(MacvlanMode.Passthru, "passthru"),
        Macvlan(MacvlanMode.Source, "source"),
        new("ip link add link eth0 name mv0 mtu 1400 type macvlan mode bridge",
            new LinkAdd("mv0", new MacvlanLink(MacvlanMode.Bridge)) { Parent = Eth0, Mtu = 1400 }),
        new("ip link add link eth0 name mv0 address 02:42:0a:00:00:02 type macvlan mode bridge",
            new LinkAdd("mv0", new MacvlanLink(MacvlanMode.Bridge)) { Parent = Eth0, MacAddress = s_mac }),
        new("ip link add link eth0 name mv1 index 1234567 type macvlan mode bridge",
            new LinkAdd("mv1", new MacvlanLink(MacvlanMode.Bridge)) { Parent = Eth0, Index = 1234567 }),
        new("ip link add link eth0 name eth0 mtu 1400 address 02:42:0a:00:00:02 netns web1 type macvlan mode bridge",
            new LinkAdd("eth0", new MacvlanLink(MacvlanMode.Bridge))
            {
                Parent = Eth0, Mtu = 1400, MacAddress = s_mac, Namespace = s_web1,
            }),
        Ipvlan(IpvlanMode.L2, IpvlanFlag.Bridge, "l2 bridge"),
        Ipvlan(IpvlanMode.L2, IpvlanFlag.Private, "l2 private"),
        Ipvlan(IpvlanMode.L2, IpvlanFlag.Vepa, "l2 vepa"),
        Ipvlan(IpvlanMode.L3, IpvlanFlag.Bridge, "l3 bridge"),
        Ipvlan(IpvlanMode.L3, IpvlanFlag.Private, "l3 private"),
        Ipvlan(IpvlanMode.L3S, IpvlanFlag.Vepa, "l3s vepa"),
        new("ip link add link eth0 name eth0 mtu 1280 netns web1 type ipvlan mode l3s bridge",
            new LinkAdd("eth0", new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Bridge))
            {
                Parent = Eth0, Mtu = 1280, Namespace = s_web1,
            }),
        new("ip link add link eth0 name eth0.50 type vlan id 50",
            new LinkAdd("eth0.50", new VlanLink(50, VlanProtocol.Ieee8021Q)) { Parent = Eth0 }, TagProtocol),
        new("ip link add link eth0 name foo mtu 1496 type vlan id 4094",
            new LinkAdd("foo", new VlanLink(4094, VlanProtocol.Ieee8021Q)) { Parent = Eth0, Mtu = 1496 }, TagProtocol),
        new("ip link add link eth0 name eth0.10 type vlan protocol 802.1ad id 10",
            new LinkAdd("eth0.10", new VlanLink(10, VlanProtocol.Ieee8021AD)) { Parent = Eth0 }),
        new("ip link add name veth0 type veth peer name veth1", new LinkAdd("veth0", new VethLink("veth1"))),
        new("ip link add name veth0 mtu 9000 type veth peer name veth1-long-name",
            new LinkAdd("veth0", new VethLink("veth1-long-name")) { Mtu = 9000 }),
    ];

    private static IpRequest Macvlan(MacvlanMode mode, string word) => new(
        $"ip link add link eth0 name mv0 type macvlan mode {word}",
        new LinkAdd("mv0", new MacvlanLink(mode)) { Parent = Eth0 });

    private static IpRequest Ipvlan(IpvlanMode mode, IpvlanFlag flag, string words) => new(
        $"ip link add link eth0 name iv0 type ipvlan mode {words}",
        new LinkAdd("iv0", new IpvlanLink(mode, flag)) { Parent = Eth0 });

    private static IpRequest[] Options() =>
    [
        Macvlan(MacvlanMode.Passthru, "passthru nopromisc", static m => m with { NoPromiscuous = true }),
        Macvlan(MacvlanMode.Bridge, "bridge bcqueuelen 2000", static m => m with { BroadcastQueueLength = 2000 }),
        Macvlan(MacvlanMode.Source, "source macaddr set 02:42:0a:00:00:02 02:42:0a:00:00:03",
            static m => m with { AllowedMacAddresses = [s_mac, new([0x02, 0x42, 0x0a, 0, 0, 3])] }),
        Macvlan(MacvlanMode.Source, "source macaddr set 02:42:0a:00:00:02 bcqueuelen 2000",
            static m => m with { AllowedMacAddresses = [s_mac], BroadcastQueueLength = 2000 }),
        Vlan("id 50 reorder_hdr off gvrp on mvrp on loose_binding on", new VlanLink(50, VlanProtocol.Ieee8021Q)
        {
            ReorderHeader = false, Gvrp = true, Mvrp = true, LooseBinding = true,
        }),
        Vlan(
            "id 50 reorder_hdr on gvrp off",
            new VlanLink(50, VlanProtocol.Ieee8021Q) { ReorderHeader = true, Gvrp = false }),
        Vlan("id 50 ingress-qos-map 1:2 7:0 egress-qos-map 0:1 5:7", new VlanLink(50, VlanProtocol.Ieee8021Q)
        {
            IngressPriorityMap = [(1, 2), (7, 0)], EgressPriorityMap = [(0, 1), (5, 7)],
        }),
        Vlan("protocol 802.1ad id 50 gvrp on egress-qos-map 3:4", new VlanLink(50, VlanProtocol.Ieee8021AD)
        {
            Gvrp = true, EgressPriorityMap = [(3, 4)],
        }),
    ];

    private static IpRequest Macvlan(MacvlanMode mode, string words, Func<MacvlanLink, MacvlanLink> with) => new(
        $"ip link add link eth0 name mv0 type macvlan mode {words}",
        new LinkAdd("mv0", with(new MacvlanLink(mode))) { Parent = Eth0 });

    private static IpRequest Vlan(string words, VlanLink kind) => new(
        $"ip link add link eth0 name eth0.50 type vlan {words}", new LinkAdd("eth0.50", kind) { Parent = Eth0 },
        kind.Protocol == VlanProtocol.Ieee8021Q ? [TagProtocol] : []);

    private static IpRequest[] Changes() =>
    [
        new("ip link set dev eth0 up", new LinkSet(7, "eth0") { Up = true }, s_setLink),
        new("ip link set dev eth0 down", new LinkSet(7, "eth0") { Down = true }, s_setLink),
        new("ip link set dev eth0 name eth15", new LinkSet(7, "eth0") { NewName = "eth15" }, s_setLink),
        new("ip link set dev eth0 type macvlan mode source macaddr set 02:42:0a:00:00:02 02:42:0a:00:00:03",
            new LinkKindSet(7, "eth0", new MacvlanLink(MacvlanMode.Source) { AllowedMacAddresses = [s_mac, new([0x02, 0x42, 0x0a, 0, 0, 3])] })),
        new("ip link set dev eth0 type macvlan mode private bcqueuelen 2000",
            new LinkKindSet(7, "eth0", new MacvlanLink(MacvlanMode.Private) { BroadcastQueueLength = 2000 })),
        new("ip link set dev eth0 type macvlan mode passthru nopromisc",
            new LinkKindSet(7, "eth0", new MacvlanLink(MacvlanMode.Passthru) { NoPromiscuous = true })),
        new("ip link set dev eth0 type ipvlan mode l3s vepa", new LinkKindSet(7, "eth0", new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Vepa))),
        new("ip link set dev eth0 addrgenmode none", new LinkSet(7, "eth0") { AddressGeneration = AddressGeneration.None }, s_setLink),
        new("ip link set dev eth0 addrgenmode eui64", new LinkSet(7, "eth0") { AddressGeneration = AddressGeneration.Eui64 }, s_setLink),
        new("ip link set dev eth0 addrgenmode stable_secret",
            new LinkSet(7, "eth0") { AddressGeneration = AddressGeneration.StablePrivacy }, s_setLink),
        new("ip link set dev eth0 addrgenmode random", new LinkSet(7, "eth0") { AddressGeneration = AddressGeneration.Random }, s_setLink),
        new("ip link set dev eth0 name eth15 addrgenmode none up",
            new LinkSet(7, "eth0") { NewName = "eth15", AddressGeneration = AddressGeneration.None, Up = true }, s_setLink),
        new("ip token set ::1234 dev eth0", new TokenSet(7, "eth0", AddressValue.Parse("::1234"))),
        new("ip token del dev eth0", new TokenSet(7, "eth0", null)),
        new("ip link delete dev eth0", new LinkDelete(7, "eth0")),
    ];

    private static IpRequest[] Lookups() =>
    [
        new("ip link show dev eth0", new LinkGet { Name = "eth0" }, s_mask),
        new("ip link show dev fifteen-bytes-0", new LinkGet { Name = "fifteen-bytes-0" }, s_mask),
        new("ip link show dev a-name-of-sixteen", new LinkGet { Name = "a-name-of-sixteen" }, s_mask),
        // ip asks for AF_PACKET alone, which is what the kernel answers for AF_UNSPEC as well.
        new("ip link show", new LinkGet(),
            "- fixed 11000000000000000000000000000000", "- link 29: 01000000",
            "+ fixed 00000000000000000000000000000000", "+ link 29: 08000000"),
        new("ip link show type macvlan", new LinkGet { Kind = "macvlan" },
            "- fixed 11000000000000000000000000000000", "- link 29: 01000000",
            "+ fixed 00000000000000000000000000000000", "+ link 29: 08000000"),
    ];
}
