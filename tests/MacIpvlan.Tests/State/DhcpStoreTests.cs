using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan.Tests.State;

/// <summary>Networks with DHCP: they can be without a subnet, and hand out addresses of the fallback only when asked to.</summary>
public sealed class DhcpStoreTests : StateTest
{
    [Fact]
    public void Network_WithoutSubnetIsThere()
    {
        NetworkRecord network = Add(Dhcp("lan"));
        Reserve(network);

        Assert.Equal(Describe.Lines(network), Describe.Lines(Assert.Single(Store.GetNetworks())));
        Assert.All([Store.GetUsage(), Store.GetUsage(network.Id)], usage =>
        {
            Assert.Equal(1, usage[network.Id].NicCount);
            Assert.Empty(usage[network.Id].Subnets);
        });
        Assert.Equal(["DHCP"], network.Addresses.Texts);
    }

    [Fact]
    public void Fallback_IsNoSubnetOfTheNetwork()
    {
        NetworkRecord network = Add(Dhcp("lan", "10.0.0.200-10.0.0.201/24", Subnet("fd18::/64")));

        NetworkRecord read = Assert.Single(Store.GetNetworks());
        Assert.Equal(["fd18::/64"], read.Subnets.Select(static s => $"{s.Prefix}"));
        Assert.Equal(["DHCP", "fd18::/64"], read.Addresses.Texts);
        Assert.Equal("10.0.0.200-10.0.0.201/24", $"{read.Dhcp!.Fallback}");
        Assert.Single(Store.GetUsage(network.Id)[network.Id].Subnets);
        NetworkAssert.Refused(NetworkError.AddressesExhausted, () => Reserve(network, IPv4), "'lan'");
        NetworkAssert.Refused(NetworkError.InvalidAddress, () => Reserve(network, Static("10.0.0.200")), "DHCP, fd18::/64");
        Assert.Equal("fd18::1/64", Addresses(network, IPv6));
    }

    [Fact]
    public void Fallback_HandsOutItsRange()
    {
        NetworkRecord network = Add(Dhcp("lan", "10.0.0.200-10.0.0.201/24"));

        Assert.Equal("10.0.0.200/24 DhcpFallback", Fallback(network));
        NicRecord second = Reserve(network);
        LeaseRecord lease = Store.TakeFallback(second, network, [], []);
        Assert.Equal("10.0.0.201/24", $"{lease.Address}");
        Assert.Equal(lease, Assert.Single(Store.GetNics(network.Id)[1].Leases));
        NetworkAssert.Refused(NetworkError.AddressesExhausted, () => Fallback(network), "'lan'");
        Store.ReleaseNic(second.Id);
        Assert.Equal("10.0.0.201/24 DhcpFallback", Fallback(network));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Fallback_SkipsAnAddressThatAnotherStationHas()
    {
        NetworkRecord network = Add(Dhcp("lan", "10.0.0.200-10.0.0.201/24"));
        NicRecord nic = Reserve(network);
        AddressValue first = Store.TakeFallback(nic, network, [], []).Address.Value;

        LeaseRecord second = Store.TakeFallback(nic, network, [], [new(first, new([2, 0, 0, 0, 0, 1]), DateTimeOffset.UtcNow.AddHours(1))]);

        Assert.Equal("10.0.0.201/24", $"{second.Address}");
        Assert.Equal(second, Assert.Single(Assert.Single(Store.GetNics(network.Id)).Leases));
        NetworkAssert.Refused(NetworkError.AddressesExhausted, () => Fallback(network), "other stations on the wire have 1");
    }

    [Fact]
    public void Fallback_SharesThePoolOfANetworkWithThatSubnet()
    {
        NetworkRecord fixedOnes = Add(Network("fixed", Subnet("10.0.0.0/24", "10.0.0.1", "", "10.0.0.2")));
        NetworkRecord lan = Add(Dhcp("lan", "10.0.0.0/24"));
        NetworkRecord more = Add(Dhcp("more", "10.0.0.0/24"));

        Assert.Equal("10.0.0.3/24", Addresses(fixedOnes, IPv4));
        // Neither the other network's gateway nor what it excludes.
        Assert.Equal("10.0.0.4/24 DhcpFallback", Fallback(lan));
        Assert.Equal("10.0.0.5/24 DhcpFallback", Fallback(more));
        Assert.Equal("10.0.0.6/24", Addresses(fixedOnes, IPv4));
        Assert.Equal((1, 4), (State.Count("pools"), State.Count("leases")));
    }

    [Fact]
    public void Pool_GoesWithTheNetwork()
    {
        NetworkRecord network = Add(Dhcp("lan", "10.0.0.0/24"));
        Store.ReplaceNetwork(network.Id, Dhcp("lan", "10.0.1.0/24") with { Id = new string('a', 64) });
        Assert.Equal((1, 1, 1), (State.Count("networks"), State.Count("subnets"), State.Count("pools")));

        Store.RemoveNetwork(new string('a', 64));

        Assert.Equal((0, 0, 0), (State.Count("networks"), State.Count("subnets"), State.Count("pools")));
    }

    [Fact]
    public void Origin_IsOfEachFamily()
    {
        AddressOrigin origin = Dhcp("lan", null, Subnet("fd18::/64")).Addresses;

        Assert.Equal((true, false, true), (origin.IsDhcp(IPv4.Family), origin.HasSubnet(IPv4.Family), origin.Has(IPv4.Family)));
        Assert.Equal((false, true, true), (origin.IsDhcp(IPv6.Family), origin.HasSubnet(IPv6.Family), origin.Has(IPv6.Family)));
        Assert.False(Dhcp("lan").Addresses.Has(IPv6.Family));
        Assert.Equal(["10.0.0.0/24"], Network("net1", Subnet("10.0.0.0/24")).Addresses.Texts);
    }

    private string Fallback(NetworkRecord network)
    {
        LeaseRecord lease = Store.TakeFallback(Reserve(network), network, [], []);
        return $"{lease.Address} {lease.Source}";
    }

    private static NetworkRecord Dhcp(string name, string? fallback = null, params SubnetRecord[] subnets) => Network(name, subnets) with
    {
        Dhcp = new() { Fallback = fallback is null ? null : DhcpFallback.Parse(fallback) },
    };
}
