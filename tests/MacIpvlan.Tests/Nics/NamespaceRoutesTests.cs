using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Nics;

/// <summary>Which of a namespace's NICs has which route, and what changes when one comes or goes.</summary>
public sealed class NamespaceRoutesTests
{
    private static readonly NetworkRecord s_lan = Network("lan", "10.1.0.0/24", "10.1.0.1");
    private static readonly NetworkRecord s_far = Network("far", "10.2.0.0/24", "10.2.0.1");
    private static readonly NetworkRecord s_slow = Network("slow", "10.3.0.0/24", "10.3.0.1") with { RouteMetric = 50 };

    [Fact]
    public void Default_IsTheFirstNics()
    {
        RoutedNic first = Nic(s_lan, 1, "10.1.0.2"), second = Nic(s_far, 2, "10.2.0.2");

        Assert.Equal(["default via 10.1.0.1 dev eth1 proto static"], Texts(first, first, second));
        Assert.Empty(Texts(second, first, second));
        Assert.Equal("eth1", Assert.Single(Routes(first, second).LostDefaults(second.Nic)).Holder.Nic.InterfaceName);
        Assert.Empty(Routes(first, second).LostDefaults(first.Nic));
        // The kernel may not have the first NIC's.
        Assert.Equal(["ip route add default via 10.2.0.1 dev eth2 proto static"], Coming(second, first));
        Assert.Equal(["ip route add default via 10.2.0.1 dev eth2 proto static"], Going(first, second));
        Assert.Empty(Going(second, first));
    }

    [Fact]
    public void Defaults_WithOtherMetricsAreAllThere()
    {
        RoutedNic first = Nic(s_lan, 1, "10.1.0.2"), second = Nic(s_slow, 2, "10.3.0.2");

        Assert.Equal(["ip route add default via 10.3.0.1 dev eth2 proto static metric 50"], Coming(second, first));
        Assert.Empty(Routes(first, second).LostDefaults(second.Nic));
        Assert.Empty(Going(first, second));
    }

    [Fact]
    public void ChosenDefault_TakesTheOthersPlaceAndGivesItBack()
    {
        RoutedNic first = Nic(s_lan, 1, "10.1.0.2"), chosen = Nic(s_far, 2, "10.2.0.2", true), later = Nic(s_far, 3, "10.2.0.3");

        Assert.Equal(["ip route replace default via 10.2.0.1 dev eth2 proto static"], Coming(chosen, first));
        Assert.Equal(["default via 10.2.0.1 dev eth2 proto static"], Texts(chosen, first, chosen, later));
        Assert.Empty(Coming(later, first, chosen));
        Assert.Equal("eth2", Assert.Single(Routes(first, chosen, later).LostDefaults(later.Nic)).Holder.Nic.InterfaceName);
        Assert.Equal(["ip route add default via 10.1.0.1 dev eth1 proto static"], Going(chosen, first, later));
    }

    [Fact]
    public void ChosenDefault_IsNotOvertakenByALowerMetric()
    {
        RoutedNic first = Nic(s_lan, 1, "10.1.0.2"), slow = Nic(s_slow, 2, "10.3.0.2"), chosen = Nic(s_slow, 3, "10.3.0.3", true);

        Assert.Equal(
            ["ip route delete 0.0.0.0/0 via 10.1.0.1 dev eth1", "ip route replace default via 10.3.0.1 dev eth3 proto static metric 50"],
            Coming(chosen, first, slow));
        Assert.Empty(Coming(first, chosen));
        Assert.Equal(
            ["ip route add default via 10.1.0.1 dev eth1 proto static", "ip route add default via 10.3.0.1 dev eth2 proto static metric 50"],
            Going(chosen, first, slow));
        // A higher one is no obstacle.
        RoutedNic quick = Nic(s_lan, 4, "10.1.0.4", true);
        Assert.Equal(["ip route replace default via 10.1.0.1 dev eth4 proto static"], Coming(quick, slow));
        Assert.Equal(["default via 10.3.0.1 dev eth2 proto static metric 50"], Texts(slow, slow, quick));
    }

    [Fact]
    public void ChosenDefault_IsTheLastOneChosen()
    {
        RoutedNic one = Nic(s_lan, 1, "10.1.0.2", true), two = Nic(s_far, 2, "10.2.0.2", true);

        Assert.Equal(["ip route replace default via 10.2.0.1 dev eth2 proto static"], Coming(two, one));
        Assert.Equal(["ip route replace default via 10.1.0.1 dev eth1 proto static"], Going(two, one));
    }

    [Fact]
    public void Choice_CountsMoreThanTheNetworks()
    {
        NetworkRecord none = s_far with { NoDefaultRoute = true };
        NetworkRecord own = none with { Routes = [NetworkRoute.Parse("0.0.0.0/0 via 10.2.0.9")] };

        Assert.Empty(Texts(Nic(none, 1, "10.2.0.2")));
        Assert.Equal(["default via 10.2.0.1 dev eth1 proto static"], Texts(Nic(none, 1, "10.2.0.2", true)));
        Assert.Equal(["default via 10.2.0.9 dev eth1 proto static"], Texts(Nic(own, 1, "10.2.0.2", true)));
        Assert.Empty(Texts(Nic(own, 1, "10.2.0.2", false)));
        Assert.Empty(Texts(Nic(s_far, 1, "10.2.0.2", false)));
        Assert.Empty(Texts(Nic(s_far with { Internal = true }, 1, "10.2.0.2", true)));
    }

    [Fact]
    public void Router_HasNoRouteThroughItself()
    {
        NetworkRecord lan = s_lan with { Routes = [NetworkRoute.Parse("10.9.0.0/16 via 10.1.0.9")] };
        RoutedNic gateway = Nic(lan, 1, "10.1.0.1"), hop = Nic(lan, 2, "10.1.0.9"), other = Nic(lan, 3, "10.1.0.3");

        Assert.Equal(["10.9.0.0/16 via 10.1.0.9 dev eth1 proto static"], Texts(gateway));
        Assert.Equal(["default via 10.1.0.1 dev eth2 proto static"], Texts(hop));
        // The namespace itself is the router.
        Assert.Equal(["10.9.0.0/16 via 10.1.0.9 dev eth1 proto static"], Texts(gateway, gateway, other));
        Assert.Empty(Texts(other, gateway, other));
        Assert.Empty(Routes(gateway, other).LostDefaults(other.Nic));
    }

    [Fact]
    public void Blackhole_GoesWithTheLastNicThatWantedIt()
    {
        NetworkRecord lan = s_lan with { NoDefaultRoute = true, Routes = [NetworkRoute.Parse("blackhole 10.9.0.0/16")] };
        RoutedNic one = Nic(lan, 1, "10.1.0.2"), two = Nic(lan, 2, "10.1.0.3");

        Assert.Empty(Going(one, two));
        Assert.Equal(["ip route delete blackhole 10.9.0.0/16"], Going(two));
    }

    [Fact]
    public void RoutesToTheHost_LeadThroughItsAccess()
    {
        NicRecord host = Nic(s_lan, 9, "10.1.0.5").Nic with { HostAddresses = [AddressValue.Parse("10.1.0.1"), AddressValue.Parse("192.0.2.7")] };
        RoutedNic plain = Nic(s_lan, 1, "10.1.0.2"), nic = plain with { Host = host };

        Assert.Equal(
            ["default via 10.1.0.5 dev eth1 proto static", "10.1.0.1/32 via 10.1.0.5 dev eth1 proto static", "192.0.2.7/32 via 10.1.0.5 dev eth1 proto static"],
            Texts(nic));
        Assert.Equal(
            [
                "ip route replace default via 10.1.0.5 dev eth1 proto static",
                "ip route add 10.1.0.1/32 via 10.1.0.5 dev eth1 proto static", "ip route add 192.0.2.7/32 via 10.1.0.5 dev eth1 proto static",
            ],
            Routes(nic).ChangesFrom(Routes(plain)).Select(static r => $"{r}"));
        Assert.Equal(
            [
                "ip route delete 10.1.0.1/32 via 10.1.0.5 dev eth1", "ip route delete 192.0.2.7/32 via 10.1.0.5 dev eth1",
                "ip route replace default via 10.1.0.1 dev eth1 proto static",
            ],
            Routes(plain).ChangesFrom(Routes(nic)).Select(static r => $"{r}"));
    }

    [Fact]
    public void RoutesToTheHost_HaveNoNextHopWithoutALinkLayer()
    {
        NetworkRecord routed = s_lan with { NoDefaultRoute = true, NicKind = new IpvlanLink(IpvlanMode.L3, IpvlanFlag.Bridge) };
        NicRecord host = Nic(routed, 9, "10.1.0.5").Nic with { HostAddresses = [AddressValue.Parse("10.1.0.9"), AddressValue.Parse("fd01::9")] };

        Assert.Equal(["10.1.0.9/32 dev eth1 proto static"], Texts(Nic(routed, 1, "10.1.0.2") with { Host = host }));
    }

    [Fact]
    public void RoutesToTheHost_ReachItsAccessInAnotherSubnet()
    {
        NetworkRecord wide = s_lan with { Subnets = [.. s_lan.Subnets, .. s_far.Subnets], NoDefaultRoute = true };
        NicRecord host = Nic(wide, 9, "10.1.0.5").Nic with { HostAddresses = [AddressValue.Parse("10.1.0.9")] };

        Assert.Equal(["10.1.0.9/32 via 10.1.0.5 dev eth1 proto static onlink"], Texts(Nic(wide, 1, "10.2.0.2") with { Host = host }));
    }

    private static string[] Texts(RoutedNic nic, params RoutedNic[] all) =>
        [.. Routes(all.Length == 0 ? [nic] : all).Of(nic.Nic).Select(static r => r.Text)];

    // What is requested when a NIC comes to others, or goes and leaves them.
    private static string[] Coming(RoutedNic nic, params RoutedNic[] others) =>
        [.. Routes(NicNeighbors.InOrder([.. others, nic])).For(nic.Nic, Routes(others)).Select(static r => $"{r}")];

    private static string[] Going(RoutedNic nic, params RoutedNic[] others) =>
        [.. Routes(others).ChangesFrom(Routes(NicNeighbors.InOrder([.. others, nic])), gone: nic.Nic).Select(static r => $"{r}")];

    private static NamespaceRoutes Routes(params RoutedNic[] nics) => new(nics);

    private static NetworkRecord Network(string name, string subnet, string gateway) => new()
    {
        Id = name,
        Name = name,
        NicKind = new MacvlanLink(MacvlanMode.Bridge),
        Parent = "eth0",
        Subnets = [new(IPPrefix.Parse(subnet), AddressValue.Parse(gateway), [], [])],
    };

    private static RoutedNic Nic(NetworkRecord network, int ordinal, string address, bool? defaultRoute = null)
    {
        IPPrefix subnet = network.Subnets.Select(static s => s.Prefix).First(s => s.Contains(AddressValue.Parse(address)));
        return new(
            new NicRecord
            {
                Id = $"{ordinal:x16}",
                Ordinal = ordinal,
                NetworkId = network.Id,
                State = NicRecordState.Attached,
                NamespaceName = "one",
                NamespacePath = "/run/netns/one",
                Namespace = new NamespaceIdentity(4, 4026531840),
                NamespaceBirth = new NamespaceBirth("boot", 7),
                InterfaceName = $"eth{ordinal}",
                DefaultRoute = defaultRoute,
                Leases = [new(new(AddressValue.Parse(address), subnet.PrefixLength), LeaseSource.Pool)],
            },
            network,
            null);
    }
}
