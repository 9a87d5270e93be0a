using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Codec;

/// <summary>Notices of the real kernel, and what is reported for each.</summary>
public sealed class NoticeTests
{
    // In the order that they came; none where nothing is told.
    private static readonly (string Notice, string Event)[] s_told =
    [
        ("ip link set dev eth0 mtu 1400, notice 1", "host/eth0: link changed: MTU 1400, was 1500"),
        ("ip address add 10.1.0.2/24 dev eth0, notice 1", "host/eth0: address added: 10.1.0.2/24"),
        ("ip address add 10.1.0.2/24 dev eth0, notice 2", "host/eth0: route added: 10.1.0.2/32 table local"),
        ("ip address add fd01::2/64 dev eth0 nodad, notice 2", "host/eth0: address added: fd01::2/64"),
        ("ip address delete 10.1.0.2/24 dev eth0, notice 1", "host/eth0: address removed: 10.1.0.2/24"),
        ("ip route add 10.9.0.0/16 via 10.1.0.254 dev eth0 metric 100, notice 1",
            "host/eth0: route added: 10.9.0.0/16 via 10.1.0.254 metric 100"),
        ("ip route replace 10.9.0.0/16 via 10.1.0.253 dev eth0 metric 100, notice 1",
            "host/eth0: route changed: 10.9.0.0/16 via 10.1.0.253 metric 100"),
        ("ip route add blackhole 10.8.0.0/16, notice 1", "host: route added: blackhole 10.8.0.0/16"),
        ("ip -6 route add default via fd01::1 dev eth0, notice 1", "host/eth0: route added: default via fd01::1 metric 1024"),
        // IPv6 has them on the loopback link.
        ("ip -6 route add unreachable fd09::/64, notice 1", "host: route added: unreachable fd09::/64 metric 1024"),
        ("ip route add 10.7.0.0/16 via 10.1.0.254 dev eth0 table 1000, notice 1",
            "host/eth0: route added: 10.7.0.0/16 via 10.1.0.254 table 1000"),
        ("ip route delete 10.9.0.0/16, notice 1", "host/eth0: route removed: 10.9.0.0/16 via 10.1.0.253 metric 100"),
        ("ip route add 10.6.0.0/16 nexthop via 10.1.0.1 dev eth0 nexthop via 10.1.0.254 dev eth0, notice 1",
            "host: route added: 10.6.0.0/16 via several"),
        ("ip neighbor add 10.1.0.9 lladdr 02:42:0a:00:00:09 nud permanent dev eth0, notice 1",
            "host/eth0: neighbor added: 10.1.0.9 lladdr 02:42:0a:00:00:09 PERMANENT"),
        ("ip neighbor add fd01::9 nud failed dev eth0, notice 1", "host/eth0: neighbor added: fd01::9 FAILED"),
        ("ip neighbor delete 10.1.0.9 dev eth0, notice 1", "host/eth0: neighbor changed: 10.1.0.9 FAILED"),
        ("ip neighbor delete 10.1.0.9 dev eth0, notice 2", "host/eth0: neighbor removed: 10.1.0.9 FAILED"),
        ("ip netns delete web1, notice 1", ""),
        // A bridge reports an address that it has learned, and of its port, which it loses at the end.
        ("ip link set dev eth0 master br0, notice 4", ""),
        ("ip link set dev eth0 master br0, notice 8", ""),
        ("ip link delete dev eth0, notice 16", ""),
        ("ip link delete dev eth0, notice 24", "host/eth0: link removed: dummy"),
    ];

    private static readonly NetworkRecord s_network = new()
    {
        Id = new string('0', 64),
        Name = "lan",
        NicKind = new MacvlanLink(MacvlanMode.Bridge),
        Parent = "eth0",
        Subnets = [],
    };

    private static readonly NamespaceContents s_before = new(
        [new Link { Index = 7, Name = "eth0", KindName = "dummy", IsUp = true, HasCarrier = true, Mtu = 1500, MacAddress = new([2, 0, 0, 0, 0, 7]) }],
        [new LinkAddress(7, InterfaceAddress.Parse("10.1.0.1/24"), IsGlobal: true)],
        [],
        []);

    [Fact]
    public void EveryNotice_IsExpected() => Assert.Equal(Captures.Notices.Keys, s_told.Select(static t => t.Notice));

    [Fact]
    public void All_IsTold() => Assert.Equal(s_told.Select(static t => t.Event), Tell(new([], [], 0), tellsAll: true));

    [Fact]
    public void OfNetworks_WhatIsOfTheirParentsIsTold() => Assert.Equal(
        s_told.Select(static t => t.Event.StartsWith("host/eth0", StringComparison.Ordinal)
            && !t.Event.EndsWith("table local", StringComparison.Ordinal) ? t.Event : ""),
        Tell(new([s_network], [], 0), tellsAll: false));

    [Fact]
    public void OfNoNetwork_NothingIsTold() => Assert.All(Tell(new([], [], 0), tellsAll: false), Assert.Empty);

    [Fact]
    public void WhatIsToldAgain_IsNoEvent()
    {
        WatchedNetworks networks = new([s_network], [], 0);
        WatchedNamespace host = Host(networks, tellsAll: false);
        string[] once =
        [
            "ip link set dev eth0 mtu 1400, notice 1", "ip address add 10.1.0.2/24 dev eth0, notice 1",
            "ip neighbor add fd01::9 nud failed dev eth0, notice 1",
        ];

        Assert.All(once, n => Assert.NotNull(Take(host, n, networks)));
        Assert.All(once, n => Assert.Null(Take(host, n, networks)));
    }

    [Fact]
    public void WhatIsNotTold_CostsNoMemory()
    {
        WatchedNetworks networks = new([], [], 0);
        WatchedNamespace host = Host(networks, tellsAll: false);
        byte[][] notices = [.. s_told.Where(static t => !t.Notice.Contains("link", StringComparison.Ordinal)).Select(static t => Captures.Notices[t.Notice])];
        foreach (byte[] notice in notices) Take(host, notice, networks);

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] notice in notices) Take(host, notice, networks);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void EndOfANamespace_IsTold()
    {
        MessageReader reader = new(Captures.Notices["ip netns delete web1, notice 1"]);

        Assert.True(reader.TryRead(out Message message));
        Assert.Equal(5, new RouteNotice(message, null).EndedNamespaceId);
        // To others, namespaces have other numbers.
        Assert.Null(new RouteNotice(message, 5).EndedNamespaceId);
    }

    private static IEnumerable<string> Tell(WatchedNetworks networks, bool tellsAll)
    {
        WatchedNamespace host = Host(networks, tellsAll);
        return s_told.Select(t => Take(host, t.Notice, networks)?.ToString() ?? "");
    }

    private static WatchedNamespace Host(WatchedNetworks networks, bool tellsAll)
    {
        WatchedNamespace host = new(nic: null, tellsAll);
        host.Load(s_before, networks);
        return host;
    }

    private static NetworkEvent? Take(WatchedNamespace host, string notice, WatchedNetworks networks) =>
        Take(host, Captures.Notices[notice], networks);

    private static NetworkEvent? Take(WatchedNamespace host, byte[] notice, WatchedNetworks networks)
    {
        MessageReader reader = new(notice);
        Assert.True(reader.TryRead(out Message message));
        return new RouteNotice(message, null) is { Kind: not null } known ? host.Take(known, networks) : null;
    }
}
