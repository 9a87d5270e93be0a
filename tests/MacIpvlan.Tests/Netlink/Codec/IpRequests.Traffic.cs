using MacIpvlan.Addressing;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <content>Qdiscs and filters, as tc asks for them.</content>
internal static partial class IpRequests
{
    private const uint Handle = 0x6d690000;

    private static Link Ifb => new() { Index = 11_000_001, Name = "ifb1000001" };

    private static IpRequest[] Traffic() =>
    [
        // The table and the numbers that belong to it are for kernels before 3.8, and the bytes of the burst replace its ticks.
        new("tc qdisc replace dev eth0 root handle 6d69: tbf rate 50Mbit burst 62500 limit 375000",
            new QdiscReplace(Eth0, Handle, new(Bandwidth.Parse("50Mbit"), 62_500, 375_000)),
            "- tc 2 1: 03010000ffff0000105e5f00000000000000000000000000d8b805005a62020000000000", "- tc 2 2: table",
            "+ tc 2 1: 0001000000000000105e5f00000000000000000000000000d8b805000000000000000000"),
        new("tc qdisc replace dev eth0 root handle 6d69: tbf rate 100Gbit burst 125000000 limit 750000000",
            new QdiscReplace(Eth0, Handle, new(Bandwidth.Parse("100Gbit"), 125_000_000, 750_000_000)),
            "- tc 2 1: 03010000ffff0000ffffffff0000000000000000000000008017b42c4ef0060000000000", "- tc 2 2: table",
            "+ tc 2 1: 0001000000000000ffffffff0000000000000000000000008017b42c0000000000000000"),
        new("tc qdisc add dev eth0 clsact", new ClsactAdd(Eth0)),
        new("tc qdisc delete dev eth0 root", new QdiscDelete(Eth0, IsClsact: false)),
        new("tc qdisc delete dev eth0 clsact", new QdiscDelete(Eth0, IsClsact: true)),
        new("tc filter add dev eth0 ingress protocol all pref 1 u32 match u32 0 0 action mirred egress redirect dev ifb1000001",
            new RedirectAdd(Eth0, 1, Ifb)),
        new("tc filter delete dev eth0 ingress pref 1", new FilterDelete(Eth0, 1)),
    ];
}
