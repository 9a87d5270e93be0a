using MacIpvlan.Addressing;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <content>Addresses and routes.</content>
internal static partial class IpRequests
{
    private static IpRequest[] Addresses() =>
    [
        Address("192.168.50.2/24", "ip address add 192.168.50.2/24 brd + dev eth0"),
        Address("10.255.255.254/8", "ip address add 10.255.255.254/8 brd + dev eth0"),
        Address("10.0.0.1/30", "ip address add 10.0.0.1/30 brd + dev eth0"),
        Address("10.0.0.0/31", "ip address add 10.0.0.0/31 dev eth0"),
        Address("10.0.0.1/32", "ip address add 10.0.0.1/32 dev eth0"),
        Address("fd18::2/64", "ip address add fd18::2/64 dev eth0 nodad"),
        Address("2001:db8::ff/127", "ip address add 2001:db8::ff/127 dev eth0 nodad"),
        Address("2001:db8::1/128", "ip address add 2001:db8::1/128 dev eth0 nodad"),
        Address(
            "192.168.50.77/24", "ip address add 192.168.50.77/24 brd + dev eth0 valid_lft 3600 preferred_lft 1800", new(3600, 1800)),
        Address(
            "fd18::77/64", "ip address add fd18::77/64 dev eth0 nodad valid_lft forever preferred_lft 900", new(uint.MaxValue, 900)),
    ];

    private static IpRequest Address(string address, string command, AddressLifetime? lifetime = null) =>
        new(command, new AddressAdd(Eth0, InterfaceAddress.Parse(address)) { Lifetime = lifetime });

    private static IpRequest[] Routes() =>
    [
        Route("0.0.0.0/0", "192.168.50.1", null, "ip route add default via 192.168.50.1 dev eth0 proto static"),
        Route(
            "0.0.0.0/0", "192.168.50.1", 4096,
            "ip route add default via 192.168.50.1 dev eth0 proto static metric 4096"),
        Route("10.20.0.0/16", "192.168.50.1", null, "ip route add 10.20.0.0/16 via 192.168.50.1 dev eth0 proto static"),
        Route("0.0.0.0/0", null, null, "ip route add default dev eth0 proto static"),
        Route("10.20.30.0/24", null, null, "ip route add 10.20.30.0/24 dev eth0 proto static"),
        Route("10.20.30.40/32", null, 0, "ip route add 10.20.30.40/32 dev eth0 proto static metric 0"),
        // ip also writes the destination of length 0 out.
        Route("::/0", "fd18::1", null, "ip -6 route add default via fd18::1 dev eth0 proto static",
            "- route 1: 00000000000000000000000000000000"),
        Route("::/0", null, 100, "ip -6 route add default dev eth0 proto static metric 100",
            "- route 1: 00000000000000000000000000000000"),
        Route("fd19::/48", "fd18::1", null, "ip -6 route add fd19::/48 via fd18::1 dev eth0 proto static"),
        Route("fd19:0:0:1::/64", null, null, "ip -6 route add fd19:0:0:1::/64 dev eth0 proto static"),
    ];

    private static IpRequest[] OtherRoutes() =>
    [
        Route("10.9.0.0/16", "ip route add blackhole 10.9.0.0/16 proto static", NetworkRouteType.Blackhole),
        Route(
            "10.8.0.0/16", "ip route add unreachable 10.8.0.0/16 proto static metric 50", NetworkRouteType.Unreachable,
            50),
        Route("fd99::/64", "ip -6 route add blackhole fd99::/64 proto static", NetworkRouteType.Blackhole),
        new("ip route delete 10.20.30.40/32 dev eth0", new RouteDelete(Eth0, IPPrefix.Parse("10.20.30.40/32"))),
        new("ip -6 route delete fd19::5/128 dev eth0", new RouteDelete(Eth0, IPPrefix.Parse("fd19::5/128"))),
        new("ip route delete 10.20.30.40/32 via 192.168.50.1 dev eth0",
            new RouteDelete(Eth0, IPPrefix.Parse("10.20.30.40/32")) { Gateway = AddressValue.Parse("192.168.50.1") }),
        new("ip -6 route delete fd19::5/128 via fd18::1 dev eth0 metric 1024",
            new RouteDelete(Eth0, IPPrefix.Parse("fd19::5/128")) { Gateway = AddressValue.Parse("fd18::1"), Metric = 1024 }),
        new("ip route delete blackhole 10.20.30.0/24 metric 5",
            new RouteDelete(null, IPPrefix.Parse("10.20.30.0/24")) { Type = NetworkRouteType.Blackhole, Metric = 5 }),
        new("ip -6 route delete unreachable fd19::/48",
            new RouteDelete(null, IPPrefix.Parse("fd19::/48")) { Type = NetworkRouteType.Unreachable }),
        OnLink("0.0.0.0/0", "10.99.0.1", null, "ip route add default via 10.99.0.1 dev eth0 proto static onlink"),
        OnLink(
            "10.30.0.0/16", "10.99.0.1", 7,
            "ip route add 10.30.0.0/16 via 10.99.0.1 dev eth0 proto static onlink metric 7"),
        OnLink("::/0", "fd99::1", null, "ip -6 route add default via fd99::1 dev eth0 proto static onlink",
            "- route 1: 00000000000000000000000000000000"),
    ];

    private static IpRequest Route(string destination, string command, NetworkRouteType type, int? metric = null) =>
        new(command, new RouteAdd(Eth0, IPPrefix.Parse(destination)) { Type = type, Metric = metric });

    private static IpRequest OnLink(
        string destination, string gateway, int? metric, string command, params string[] differences) => new(
        command,
        new RouteAdd(Eth0, IPPrefix.Parse(destination))
        {
            Gateway = AddressValue.Parse(gateway), Metric = metric, GatewayIsOnLink = true,
        },
        differences);

    private static IpRequest Route(
        string destination, string? gateway, int? metric, string command, params string[] differences) => new(
        command,
        new RouteAdd(Eth0, IPPrefix.Parse(destination))
        {
            Gateway = gateway is null ? null : AddressValue.Parse(gateway),
            Metric = metric,
        },
        differences);
}
