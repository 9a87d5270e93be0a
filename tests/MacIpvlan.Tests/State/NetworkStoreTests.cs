using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>Networks come back as they were written, have names of their own, and leave nothing when they go.</summary>
public sealed class NetworkStoreTests : StateTest
{
    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    private static readonly Dictionary<string, LinkKind> s_kinds = new()
    {
        ["private"] = new MacvlanLink(MacvlanMode.Private),
        ["vepa"] = new MacvlanLink(MacvlanMode.Vepa) { BroadcastQueueLength = 0, BroadcastCutoff = -1 },
        ["bridge"] = new MacvlanLink(MacvlanMode.Bridge) { BroadcastQueueLength = 2000, BroadcastCutoff = 5 },
        ["passthru"] = new MacvlanLink(MacvlanMode.Passthru) { NoPromiscuous = true },
        ["source"] = new MacvlanLink(MacvlanMode.Source)
        {
            AllowedMacAddresses = [new([2, 0, 0, 0, 0, 1]), new([2, 0, 0, 0, 0, 0xff])],
        },
        ["l2 bridge"] = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge),
        ["l3 private"] = new IpvlanLink(IpvlanMode.L3, IpvlanFlag.Private),
        ["l3s vepa"] = new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Vepa),
    };

    private static NetworkRecord Full => Network(
        "net1",
        Subnet(
            "192.168.50.0/24", "192.168.50.254", "192.168.50.128/25 192.168.50.10-192.168.50.20",
            "192.168.50.130 192.168.50.12"),
        Subnet("fd18::/64"),
        Subnet("10.0.0.7/32")) with
    {
        Parent = "eth0.50",
        Internal = true,
        Mtu = 1400,
        RouteMetric = 0,
        Bandwidth = new(Bandwidth.Parse("1Tbit"), Bandwidth.Parse("64Kbit"), 20_000),
        NoDefaultRoute = true,
        OnLinkGateway = true,
        Routes = [
            NetworkRoute.Parse("10.9.0.0/16 via 192.168.50.1 metric 7"), NetworkRoute.Parse("blackhole fd99::/64")],
        RouterAdvertisement = RouterAdvertisement.Accept,
        InterfaceIdentifier = InterfaceIdentifier.Eui64,
        Sysctls = [NicSysctl.Parse("net.ipv4.conf.IFNAME.log_martians=1"), NicSysctl.Parse("net.ipv6.conf.IFNAME.hop_limit=4294967295")],
        Probe = new ProbeSettings(5, 1500),
        AllowedLabels = [LabelSetting.Network, LabelSetting.MacAddress],
        Segment = new("fleet", "vlan50") { AwayPolicy = AwayPolicy.Reconcile, GraceSeconds = 3600 },
        Dhcp = new()
        {
            VendorClass = "containers of node7", Timeout = TimeSpan.FromSeconds(7), RequestedOptions = [66, 43, 254],
            Fallback = DhcpFallback.Parse("192.168.9.200-192.168.9.220/24"),
        },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Network_ComesBackWithAllItsFields(string kind)
    {
        NetworkRecord network = Full with { NicKind = s_kinds[kind] };
        Store.AddNetwork(network);

        using SqliteStateStore other = State.Open();
        Assert.Equal(Describe.Lines(network), Describe.Lines(Assert.Single(other.GetNetworks())));
    }

    [Fact]
    public void Network_TakesThePlaceOfAnotherWithItsName()
    {
        NetworkRecord before = Add(Network("net1", Subnet("10.1.0.0/24", "10.1.0.1")));
        NetworkRecord after = Network("net2", Subnet("10.2.0.0/24", "10.2.0.1")) with { Name = "net1" };

        Store.ReplaceNetwork(before.Id, after);

        Assert.Equal(Describe.Lines(after), Describe.Lines(Assert.Single(Store.GetNetworks())));
    }

    [Fact]
    public void Network_ThatCannotTakeThePlaceLeavesTheOtherThere()
    {
        NetworkRecord before = Add(Network("net1", Subnet("10.1.0.0/24", "10.1.0.1")));
        NetworkRecord other = Add(Network("other", Subnet("10.1.0.0/24", ranges: "10.1.0.9")));
        Reserve(other, IPv4);
        NetworkRecord taken = Network("net2", Subnet("10.1.0.0/24", "10.1.0.9")) with { Name = "net1" };

        NetworkAssert.Refused(NetworkError.AddressInUse, () => Store.ReplaceNetwork(before.Id, taken));
        NetworkAssert.Refused(NetworkError.NetworkInUse, () => Store.ReplaceNetwork(other.Id, taken with { Name = "net3" }));

        Assert.Equal(["net1", "other"], Store.GetNetworks().Select(static n => n.Name));
        Assert.Equal(Describe.Lines(before), Describe.Lines(Store.GetNetworks()[0]));
    }

    [Fact]
    public void Network_OfThatTestHasEveryFieldSet() => Assert.Empty(Describe.Same(
        // The store counts its changes itself.
        Full with { NicKind = s_kinds["l3s vepa"], Revision = 1 },
        Network("other") with { NicKind = s_kinds["bridge"] }));

    [Fact]
    public void Network_ComesBackWithNothingWhereNothingWasSaid()
    {
        Add(Network("net1", Subnet("10.0.0.0/24")));

        NetworkRecord read = Assert.Single(Store.GetNetworks());

        Assert.Equal(
            (false, null, null, false, false),
            (read.Internal, read.Mtu, read.RouteMetric, read.NoDefaultRoute, read.OnLinkGateway));
        Assert.Empty(read.Routes);
        Assert.Empty(read.AllowedLabels);
        Assert.Null(read.Subnets[0].Gateway);
        Assert.Empty(read.Subnets[0].Ranges);
        Assert.Empty(read.Subnets[0].Excluded);
    }

    [Fact]
    public void Networks_AreInTheOrderOfTheirNames()
    {
        foreach (string name in (string[])["b", "C", "a", "D", "a1"]) Add(Network(name, Subnet("10.0.0.0/24")));

        Assert.Equal(["a", "a1", "b", "C", "D"], Store.GetNetworks().Select(static n => n.Name));
        Assert.Equal(Describe.Lines(Store.GetNetworks()[3]), Describe.Lines(Assert.Single(Store.GetNetworks("c"))));
        Assert.Empty(Store.GetNetworks("e"));
    }

    [Theory]
    [InlineData("net1")]
    [InlineData("NET1")]
    [InlineData("Net1")]
    public void Name_IsTakenWhateverItsCase(string name)
    {
        Add(Network("net1", Subnet("10.0.0.0/24")));

        NetworkException e = NetworkAssert.Refused(
            NetworkError.NetworkExists,
            () => Store.AddNetwork(
                Network(name, Subnet("10.1.0.0/24")) with { Id = new string('f', 64) }), $"'{name}'");

        Assert.NotNull(e.RecommendedAction);
        Assert.Equal((1, 1, 1), (State.Count("networks"), State.Count("subnets"), State.Count("pools")));
    }

    [Fact]
    public void Hosts_HaveNetworksOfTheirOwn()
    {
        using SqliteStateStore other = State.Open("host2");
        Add(Network("net1", Subnet("10.0.0.0/24")));

        Assert.Empty(other.GetNetworks());
        other.AddNetwork(Network("net1", Subnet("10.0.0.0/24")) with { Id = new string('f', 64) });

        Assert.Equal("net1", Assert.Single(other.GetNetworks()).Name);
        // And address books of their own: the same VLAN may be wired differently.
        Assert.Equal(2, State.Count("pools"));
    }

    [Fact]
    public void Removing_LeavesNothing()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24"), Subnet("fd18::/64")));
        NicRecord nic = Reserve(network, IPv4, IPv6);
        Store.ReleaseNic(nic.Id);

        Store.RemoveNetwork(network.Id);

        Assert.Empty(Store.GetNetworks());
        Assert.All(
            (string[])["networks", "subnets", "pools", "nics", "leases", "runs"], t => Assert.Equal(0, State.Count(t)));
    }

    [Fact]
    public void Removing_WhatIsNotThereCountsAsDone()
    {
        Add(Network("net1", Subnet("10.0.0.0/24")));

        Store.RemoveNetwork(new string('0', 64));

        Assert.Single(Store.GetNetworks());
    }

    [Fact]
    public void Removing_ANetworkWithNicsIsRefused()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24")));
        Reserve(network, IPv4);

        NetworkAssert.Refused(NetworkError.NetworkInUse, () => Store.RemoveNetwork(network.Id));

        Assert.Equal(
            (1, 1, 1, 1), (State.Count("networks"), State.Count("subnets"), State.Count("pools"), State.Count("nics")));
    }

    [Theory]
    [InlineData("UPDATE networks SET mode = 'Tunnel'")]
    [InlineData("UPDATE networks SET routes = 'anywhere'")]
    [InlineData("UPDATE subnets SET prefix = '10.0.0.1/24'")]
    [InlineData("UPDATE subnets SET gateway = 'eth0'")]
    public void Network_ThatMakesNoSenseIsToldOf(string damage)
    {
        Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        State.Query(damage, static _ => 0);

        NetworkAssert.Refused(NetworkError.StateUnavailable, () => Store.GetNetworks(), State.Path);
    }
}
