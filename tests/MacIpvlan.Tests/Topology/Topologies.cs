using System.Numerics;
using MacIpvlan.Tests.Addressing;
using MacIpvlan.Tests.Statistics;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>Topologies to draw: none, a small one with everything in it, many networks, hostile names.</summary>
internal static class Topologies
{
    public const string Hostile = "<script>alert(1)</script>&\"'`]);#quot;\u202e\u001b[31m";

    public static NetworkTopology Empty { get; } = Of();

    /// <summary>VLANs, QinQ, a dummy, a parent that is gone and one that is down, the host's access, two families, processes.</summary>
    public static NetworkTopology Small { get; } = Of(
        new()
        {
            Name = "eth0",
            State = TopologyLinkState.Up,
            Mtu = 1500,
            Addresses = [InterfaceAddress.Parse("10.1.0.5/24"), InterfaceAddress.Parse("fd01::5/64")],
            Networks =
            [
                Network("lan", Bridge, "eth0", ["10.1.0.0/24", "fd01::/64"], access: true,
                    Nic("web1", "10.1.0.10/24 fd01::10/64", container: true), Nic("db1", "10.1.0.11/24 fd01::11/64", container: true)),
            ],
            Links =
            [
                Vlan("eth0.30", 30, [Network("apps", new IpvlanLink(IpvlanMode.L3, IpvlanFlag.Bridge), "eth0.30", ["10.30.0.0/24"], false,
                    Nic("app1", "10.30.0.2/24"), Nic("/proc/4711/ns/net", "10.30.0.3/24") with { ProcessId = 4711 })]),
                Vlan("outer", 50, [], Vlan("outer.20", 20, [Network(
                    "inner", new MacvlanLink(MacvlanMode.Vepa), "outer.20", ["10.20.0.0/16"], false, NetworkState.ParentDown,
                    Nic("web1", "10.20.0.2/16", container: true))]) with { State = TopologyLinkState.Down })
                    with { Protocol = VlanProtocol.Ieee8021AD },
            ],
        },
        new()
        {
            Name = "eth7",
            State = TopologyLinkState.Missing,
            Networks =
            [
                Network("gone", Bridge, "eth7", ["192.0.2.0/25"], false, NetworkState.ParentMissing,
                    Nic("old1", "192.0.2.2/25"), Nic("old2", "")),
            ],
            Links = [],
        },
        new()
        {
            Name = "dm-0123456789ab",
            Kind = "dummy",
            State = TopologyLinkState.Up,
            Mtu = 1500,
            Networks = [Network("closed", Bridge, "dm-0123456789ab", ["172.31.0.0/28"], false)],
            Links = [],
        });

    private static MacvlanLink Bridge => new(MacvlanMode.Bridge);

    /// <summary>As many networks, each on a VLAN of its own, some on dummies, with some NICs each.</summary>
    public static NetworkTopology Many(int networks, int nics) => Of(
        Link("eth0", [.. Enumerable.Range(1, networks).Where(static i => i % 7 != 0).Select(i => Vlan($"eth0.{i}", i, [Numbered(i, nics, $"eth0.{i}")]))]),
        [.. Enumerable.Range(1, networks).Where(static i => i % 7 == 0)
            .Select(i => Link($"dm-{i:d12}", []) with { Kind = "dummy", Networks = [Numbered(i, nics, $"dm-{i:d12}")] })]);

    /// <summary>One network of the link itself, and all others on one VLAN of it.</summary>
    public static NetworkTopology Shared(int networks, int nics) => Of(Link("eth0",
        [Vlan("eth0.50", 50, [.. Enumerable.Range(2, networks - 1).Select(i => Numbered(i, nics, "eth0.50"))])]) with
        {
            Networks = [Numbered(1, nics, "eth0")],
        });

    /// <summary>A host with several cables, and as many VLANs on each, with a network on each VLAN.</summary>
    public static NetworkTopology Cables(int cables, int networks, int nics) => Of(
        [.. Enumerable.Range(0, cables).Select(c => Link($"eth{c}", [.. Enumerable.Range(1, networks).Select(i =>
            Vlan($"eth{c}.{i}", i, [Numbered((c * networks) + i, nics, $"eth{c}.{i}")]))]))]);

    /// <summary>QinQ: outer tags with inner tags, some with networks of their own.</summary>
    public static NetworkTopology Stacked(int outer, int inner, int nics) => Of(Link("eth0", [.. Enumerable.Range(1, outer).Select(o =>
        Vlan($"s{o}", 1000 + o, o % 2 == 0 ? [Numbered(100 + o, 1, $"s{o}")] : [], [.. Enumerable.Range(1, inner).Select(i =>
            Vlan($"s{o}.{i}", i, [Numbered((o * inner) + i, nics + (i % 3), $"s{o}.{i}")]))]) with { Protocol = VlanProtocol.Ieee8021AD })]));

    /// <summary>Tables and cards side by side: long and foreign names, all kinds of addresses, states, networks without NICs.</summary>
    public static NetworkTopology Mixed { get; } = Of(
        Link("bond0", []) with
        {
            Kind = "bond",
            Ports = ["eno1", "eno2"],
            Addresses = [InterfaceAddress.Parse("10.0.0.5/24")],
            Networks =
            [
                Network("lan", Bridge, "bond0", ["10.0.0.0/24", "fd00::/64"], access: true,
                    [.. Enumerable.Range(10, 9).Select(static i => Nic($"web{i}", $"10.0.0.{i}/24 fd00::{i}/64", container: true))]),
                Network("empty", new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Private), "bond0", ["192.168.255.0/24"], false),
                InEveryState(Network("six-only-with-a-long-name-of-a-project", Bridge, "bond0", ["2001:db8:1234:5678:9abc:def0:1234:0/112"], true,
                [
                    .. Enumerable.Range(1, 8).Select(static i => Nic(
                        $"project-shop-frontend-deployment-7f8b9c6d5-x2x4{i}", $"2001:db8:1234:5678:9abc:def0:1234:{i}/112") with
                        {
                            InterfaceName = "frontend-uplink",
                        }),
                    Nic("网络命名空间网络命名空间", "2001:db8:1234:5678:9abc:def0:1234:ff/112"),
                    Nic("web10", "2001:db8:1234:5678:9abc:def0:1234:10/112", container: true),
                    Nic("none", ""),
                ])),
            ],
        },
        Link("eth9", [Vlan("eth9.7", 7, [Network("gone", Bridge, "eth9.7", ["192.0.2.0/25"], false, NetworkState.ParentMissing,
            [.. Enumerable.Range(1, 30).Select(static i => Nic($"old{i}", $"192.0.2.{i}/25"))])])]) with { State = TopologyLinkState.NoCarrier });

    /// <summary>Names that would be more than names wherever they are not escaped, and some that are very long.</summary>
    public static NetworkTopology HostileNames { get; } = Of(Link("<b>\"&;#`'\u001b]", []) with
    {
        Networks = [Network("plain", Bridge, "<b>", ["10.0.0.0/24"], true, Nic(Hostile, "10.0.0.2/24"), Nic(new string('W', 255), ""), Nic("网络命名空间网络命名空间网络命名空间网络命名空间", "10.0.0.3/24"))],
        Links = [Vlan("%{0}\\<!--", 4094, [Network(new string('m', 64), Bridge, "x", ["fd18:1234:5678:9abc:def0:1234:5678:9a00/120"], false, NetworkState.ParentDown)])],
    });

    /// <summary>Names that take more than their column, more than a line, and long addresses.</summary>
    public static NetworkTopology LongNames { get; } = Of(Link("br0", []) with
    {
        Kind = "bridge",
        Ports = [.. Enumerable.Range(0, 12).Select(static i => $"eth{i}")],
        Networks =
        [
            Network("network-of-a-project-with-a-name-of-as-many-as-sixty-four-letters", new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge), "dm-br0",
                ["2001:db8:1234:5678:9abc:def0:1234:5600/120"], false, NetworkState.ParentMissing,
                Nic("web1", "2001:db8:1234:5678:9abc:def0:1234:5601/120"),
                Nic("project-shop-frontend-deployment-7f8b9c6d5-x2x4z", "2001:db8:1234:5678:9abc:def0:1234:5602/120"),
                Nic(new string('a', 60) + new string('b', 60), "2001:db8:1234:5678:9abc:def0:1234:5603/120")),
        ],
    });

    /// <summary>Addresses from a DHCP server: alone, with a fallback beside IPv6, and without NICs.</summary>
    public static NetworkTopology Leased { get; } = Of(Link("eth0", []) with
    {
        Networks =
        [
            Dhcp("dual", "10.1.0.200-10.1.0.220/24", ["fd01::/64"], Nic("web1", "10.1.0.77/24 fd01::10/64", container: true)),
            Dhcp("empty", "192.168.100.0/24", []),
            Dhcp("lan", null, [], Nic("web2", "10.1.0.78/24", container: true)),
        ],
    });

    /// <summary>What every drawing must cope with.</summary>
    public static IReadOnlyDictionary<string, NetworkTopology> All { get; } = new Dictionary<string, NetworkTopology>
    {
        [nameof(Empty)] = Empty,
        [nameof(Small)] = Small,
        [nameof(HostileNames)] = HostileNames,
        [nameof(LongNames)] = LongNames,
        [nameof(Leased)] = Leased,
        [nameof(Mixed)] = Mixed,
        ["CountedSmall"] = Counted(Small),
        ["CountedMixed"] = Counted(Mixed),
        ["CountedHostileNames"] = Counted(HostileNames),
        ["One"] = Many(1, 1),
        ["Three"] = Many(3, 10),
        ["Twenty"] = Many(20, 10),
        ["TwentyOnOneVlan"] = Shared(20, 10),
        ["TwentyOnFourCables"] = Cables(4, 5, 10),
        ["TwentyCables"] = Cables(20, 1, 10),
        ["TwentyInQinQ"] = Stacked(5, 4, 9),
        ["Sixty"] = Many(60, 10),
        ["Fifty"] = Many(50, 2),
        ["Crowd"] = Many(3, 400),
        ["CrowdInPart"] = Many(3, 400).Abridged(20),
    };

    /// <summary>The same with counters of all lengths, except for each fifth NIC, whose link isn't there.</summary>
    public static NetworkTopology Counted(NetworkTopology topology) => topology with { Links = [.. topology.Links.Select(Counted)] };

    private static TopologyLink Counted(TopologyLink link) => link with
    {
        Networks = [.. link.Networks.Select(Counted)], Links = [.. link.Links.Select(Counted)],
    };

    private static TopologyNetwork Counted(TopologyNetwork network)
    {
        ContainerNic[] nics = [.. network.Nics.Select(static (n, i) => new ContainerNic(n.Record, n.NetworkRecord, n.State)
        {
            Seen = i % 5 == 4 ? null : new()
            {
                Index = n.InterfaceIndex, Name = n.InterfaceName, MacAddress = n.Record.MacAddress, Mtu = n.Mtu,
                Statistics = CountedNic.Count(packets: 1, received: ulong.MaxValue >> (i * 7), sent: 1_234ul << (i * 5)),
            },
        })];
        return network with { Nics = nics, DrawnNics = nics, HasStatistics = true };
    }

    private static NetworkTopology Of(TopologyLink first, params TopologyLink[] more) => Of([first, .. more]);

    private static NetworkTopology Of(params TopologyLink[] links) => new()
    {
        Host = "node7",
        Time = new(2026, 11, 26, 13, 0, 0, TimeSpan.Zero),
        Links = links,
    };

    private static TopologyLink Link(string name, IReadOnlyList<TopologyLink> upper) => new()
    {
        Name = name, State = TopologyLinkState.Up, Mtu = 1500, Networks = [], Links = upper,
    };

    private static TopologyLink Vlan(string name, int id, TopologyNetwork[] networks, params TopologyLink[] upper) => Link(name, upper) with
    {
        Kind = "vlan", VlanId = id, Protocol = VlanProtocol.Ieee8021Q, Networks = networks,
    };

    private static TopologyNetwork InEveryState(TopologyNetwork network)
    {
        NicState[] states = Enum.GetValues<NicState>();
        ContainerNic[] nics = [.. network.Nics.Select((n, i) => new ContainerNic(n.Record, n.NetworkRecord, states[i % states.Length]))];
        return network with { Nics = nics, DrawnNics = nics };
    }

    private static TopologyNetwork Numbered(int number, int nics, string parent) => Network(
        $"net{number}", number % 3 == 0 ? new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Private) : Bridge, parent,
        number % 4 == 0 ? [$"10.{number}.0.0/16", $"fd00:{number}::/64"] : [$"10.{number}.0.0/16"], false,
        [.. Enumerable.Range(2, nics).Select(i => Nic(
            $"c{number}-{i}", $"10.{number}.{i / 250}.{i % 250}/16{(number % 4 == 0 ? $" fd00:{number}::{i:x}/64" : "")}"))]);

    private static TopologyNetwork Network(
        string name, LinkKind kind, string parent, string[] subnets, bool access, params NicRecord[] nics) =>
        Network(name, kind, parent, subnets, access, NetworkState.Ready, nics);

    private static TopologyNetwork Network(
        string name, LinkKind kind, string parent, string[] subnets, bool access, NetworkState state, params NicRecord[] nics)
    {
        NetworkRecord record = new()
        {
            Id = new('0', 64),
            Name = name,
            NicKind = kind,
            Parent = parent,
            Internal = parent.StartsWith("dm-", StringComparison.Ordinal),
            Subnets = [.. subnets.Select(IPPrefix.Parse).Select(static p => new SubnetRecord(
                p, p.PrefixLength <= 28 ? p.First.Next() : null, [], []))],
        };
        BigInteger used = nics.Length + (access ? 1 : 0);
        NetworkUsage usage = new(nics.Length, [], [.. record.Subnets.Select(s => new SubnetUsage(s.Prefix.Size - 3, used, s.Prefix.Size - 3 - used, []))]);
        NicRecord own = Nic("host", $"{record.Subnets[0].Prefix.First.Plus(5)}/24");
        return new(
            ContainerNetwork.From(record, usage, state),
            [.. nics.Select(n => new ContainerNic(n, record, state == NetworkState.ParentMissing ? NicState.Detached : NicState.Up))],
            access ? new HostAccess(new ContainerNic(own with { IsHost = true, InterfaceName = "hm-000000000000" }, record, NicState.Up)) : null);
    }

    private static TopologyNetwork Dhcp(string name, string? fallback, string[] subnets, params NicRecord[] nics)
    {
        NetworkRecord record = new()
        {
            Id = new('0', 64),
            Name = name,
            NicKind = Bridge,
            Parent = "eth0",
            Dhcp = new() { Fallback = fallback is null ? null : DhcpFallback.Parse(fallback) },
            Subnets = [.. subnets.Select(static s => new SubnetRecord(IPPrefix.Parse(s), null, [], []))],
        };
        NetworkUsage usage = new(nics.Length, [], [.. subnets.Select(s => new SubnetUsage(250, nics.Length, 250 - nics.Length, []))]);
        return new(ContainerNetwork.From(record, usage, NetworkState.Ready), [.. nics.Select(n => new ContainerNic(n, record, NicState.Up))], null);
    }

    private static NicRecord Nic(string name, string addresses, bool container = false) => new()
    {
        Id = "0123456789abcdef",
        NetworkId = new('0', 64),
        State = NicRecordState.Attached,
        NamespaceName = name,
        NamespacePath = $"/run/netns/{name}",
        Namespace = new(4, (ulong)name.GetHashCode(StringComparison.Ordinal)),
        NamespaceBirth = new(HostBoot.Id, 1),
        Container = container ? new(new('a', 64), name, ContainerRuntime.Docker, "nginx", "") : null,
        InterfaceName = "eth0",
        InterfaceIndex = 2,
        MacAddress = new([2, 0x42, 10, 1, 0, 10]),
        Mtu = 1500,
        Leases = [.. addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(static a => new LeaseRecord(InterfaceAddress.Parse(a), LeaseSource.Pool))],
    };
}
