using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Changes;

/// <summary>What a NIC becomes when its network changes, and what harms it.</summary>
public sealed class NicAdaptationTests
{
    private static readonly NetworkRecord s_network = new()
    {
        Id = new string('0', 64),
        Name = "lan",
        NicKind = new MacvlanLink(MacvlanMode.Bridge),
        Parent = "eth0",
        Subnets = [Subnet("10.1.0.0/24"), Subnet("fd01::/64")],
    };

    [Theory]
    [InlineData("10.1.0.0/24", LeaseSource.Pool, null)]
    [InlineData("10.1.0.0/16", LeaseSource.Pool, null)]
    [InlineData("10.1.0.0/30", LeaseSource.Pool, "has 10.1.0.9, which is in none of the subnets")]
    [InlineData("10.1.0.0/30", LeaseSource.Static, "has 10.1.0.9, which is in none of the subnets")]
    [InlineData("10.1.0.8/31", LeaseSource.Static, null)]
    [InlineData("10.1.0.9/32", LeaseSource.Static, null)]
    [InlineData("10.1.0.6/31 10.1.0.8/30", LeaseSource.Pool, null)]
    [InlineData("10.1.0.0/29 10.1.0.9/32", LeaseSource.Pool, null)]
    [InlineData("10.1.0.0/24 10.1.0.0-10.1.0.8", LeaseSource.Pool, "has 10.1.0.9, which is outside the ranges or excluded")]
    [InlineData("10.1.0.0/24 10.1.0.0-10.1.0.8", LeaseSource.Static, null)]
    [InlineData("10.1.0.0/24 10.1.0.9-10.1.0.20", LeaseSource.Pool, null)]
    public void Address_MustStayInTheSubnetsAndTheRanges(string subnets, LeaseSource source, string? harm)
    {
        string[] words = subnets.Split(' ');
        NetworkRecord now = s_network with
        {
            Subnets = [.. words.Where(static w => w.Contains('/')).Select(p => Subnet(p, words.FirstOrDefault(static w => w.Contains('-'))))],
        };

        Assert.Equal(harm, new NicAdaptation(s_network, now, 1500).FindHarm(Nic(new LeaseRecord(Address("10.1.0.9/24"), source))));
    }

    [Fact]
    public void Address_ThatWasOutsideTheRangesBeforeIsNotHarmed()
    {
        NetworkRecord former = s_network with { Subnets = [Subnet("10.1.0.0/24", "10.1.0.0-10.1.0.8")] };
        NetworkRecord now = s_network with { Subnets = [Subnet("10.1.0.0/24", "10.1.0.0-10.1.0.5")] };

        Assert.Null(new NicAdaptation(former, now, 1500).FindHarm(Nic(new LeaseRecord(Address("10.1.0.9/24"), LeaseSource.Pool))));
    }

    [Fact]
    public void Gateway_IsTakenByANicThatGotItByChance()
    {
        NetworkRecord now = s_network with { Subnets = [s_network.Subnets[0] with { Gateway = AddressValue.Parse("10.1.0.9") }] };
        NicAdaptation adaptation = new(s_network, now, 1500);

        Assert.Equal("10.1.0.9", $"{adaptation.FindTakenGateway(Nic(new LeaseRecord(Address("10.1.0.9/24"), LeaseSource.Pool)))}");
        Assert.Null(adaptation.FindTakenGateway(Nic(new LeaseRecord(Address("10.1.0.9/24"), LeaseSource.Static))));
    }

    [Theory]
    [InlineData(null, null, 1500, 1500)]
    [InlineData(1400, null, 1500, 1400)]
    [InlineData(1400, 1300, 1500, 1300)]
    [InlineData(null, 1300, 9000, 1300)]
    [InlineData(null, 1450, 1400, 1400)]
    [InlineData(null, null, null, 1234)]
    public void Mtu_IsTheNetworksUnlessOneWasChosen(int? network, int? own, int? parent, int expected)
    {
        NicRecord nic = Nic() with { Mtu = 1234, OwnMtu = own };

        Assert.Equal(expected, new NicAdaptation(s_network with { Mtu = 1280 }, s_network with { Mtu = network }, parent).Adapt(nic, []).Nic.Mtu);
        // Whatever the parent has by now, another change isn't one of MTUs.
        NetworkRecord same = s_network with { Mtu = network };
        Assert.Equal(1234, new NicAdaptation(same, same with { RouteMetric = 7 }, parent).Adapt(nic, []).Nic.Mtu);
    }

    [Fact]
    public void Mtu_AboveTheParentsHarmsWhereTheKernelRefusesIt()
    {
        NicRecord nic = Nic() with { Mtu = 1450, OwnMtu = 1450 };
        NetworkRecord elsewhere = s_network with { Parent = "elsewhere" }, ipvlan = s_network with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge) };

        Assert.Equal("has an MTU of 1450, which is more than the parent's", new NicAdaptation(elsewhere, s_network, 1400).FindHarm(nic));
        Assert.Null(new NicAdaptation(elsewhere with { NicKind = ipvlan.NicKind }, ipvlan, 1400).FindHarm(nic));
        // It has no more already, or the change isn't one of the MTU or the parent.
        Assert.Null(new NicAdaptation(elsewhere, s_network, 1400).FindHarm(nic with { Mtu = 1400 }));
        Assert.Null(new NicAdaptation(s_network, s_network, 1400).FindHarm(nic));
        Assert.Equal(1450, new NicAdaptation(elsewhere with { NicKind = ipvlan.NicKind }, ipvlan, 1400).Adapt(nic, []).Nic.Mtu);
    }

    [Fact]
    public void Addresses_HaveThePrefixLengthOfTheirSubnet()
    {
        NetworkRecord now = s_network with { Subnets = [Subnet("10.1.0.0/16"), Subnet("fd01::/48")] };
        NicRecord nic = Nic(new LeaseRecord(Address("10.1.0.9/24"), LeaseSource.Static), new LeaseRecord(Address("fd01::9/64"), LeaseSource.Pool));

        Assert.Equal("10.1.0.9/16 fd01::9/48", Text(new NicAdaptation(s_network, now, 1500).Adapt(nic, [])));
        NicRecord host = nic with { IsHost = true, Leases = [new(Address("10.1.0.9/32"), LeaseSource.Pool)] };
        Assert.Equal("10.1.0.9/32", Text(new NicAdaptation(s_network, now, 1500).Adapt(host, [])));
    }

    [Fact]
    public void Addresses_InSubnetsThatGoAreReplacedWhereThereAreOthers()
    {
        NetworkRecord now = s_network with { Subnets = [Subnet("10.2.0.0/24")] };
        NicRecord nic = Nic(new LeaseRecord(Address("10.1.0.9/24"), LeaseSource.Static), new LeaseRecord(Address("fd01::9/64"), LeaseSource.Pool));

        NicDemand demand = new NicAdaptation(s_network, now, 1500).Adapt(nic, []);

        Assert.Empty(demand.Nic.Leases);
        Assert.Equal([AddressFamily.InterNetwork], demand.Addresses.Select(static d => d.Family));
    }

    [Fact]
    public void MacAddress_OfTheParentGoesWithModePassthru()
    {
        NetworkRecord passthru = s_network with { NicKind = new MacvlanLink(MacvlanMode.Passthru) };

        Assert.Equal(PhysicalAddress.None, new NicAdaptation(passthru, s_network, 1500).Adapt(Nic(), []).Nic.MacAddress);
        Assert.NotEqual(PhysicalAddress.None, new NicAdaptation(s_network, passthru, 1500).Adapt(Nic(), []).Nic.MacAddress);
    }

    private static string Text(NicDemand demand) => string.Join(' ', demand.Nic.Leases.Select(static l => l.Address));

    private static InterfaceAddress Address(string text) => InterfaceAddress.Parse(text);

    private static SubnetRecord Subnet(string prefix, string? range = null) => new(IPPrefix.Parse(prefix), null, range is null ? [] : [AddressRange.Parse(range)], []);

    private static NicRecord Nic(params LeaseRecord[] leases) => new()
    {
        Id = "0000000000000001",
        NetworkId = s_network.Id,
        State = NicRecordState.Attached,
        NamespaceName = "web1",
        NamespacePath = "/run/netns/web1",
        Namespace = new NamespaceIdentity(4, 4026531840),
        NamespaceBirth = new NamespaceBirth("boot", 1),
        MacAddress = new PhysicalAddress([2, 0, 0, 0, 0, 1]),
        Leases = leases,
    };
}
