using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.State;

/// <summary>
/// Equal subnets on one parent are one address book; on different parents they have nothing in common.
/// </summary>
public sealed class SharedPoolTests : StateTest
{
    [Fact]
    public void Addresses_AreGivenOnceForAllNetworks()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1")));
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.1")));

        Assert.Equal("10.0.0.2/24", Addresses(one, IPv4));
        Assert.Equal("10.0.0.3/24", Addresses(two, IPv4));
        Assert.Equal("10.0.0.4/24", Addresses(one, IPv4));
        NetworkAssert.Refused(NetworkError.AddressInUse, () => Reserve(two, Static("10.0.0.2")), "network 'one'");
        Assert.Equal(1, State.Count("pools"));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Gateways_AndExclusionsOfOneAreWithheldFromAll()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1", "", "10.0.0.3")));
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.2", "", "10.0.0.5")));

        Assert.Equal("10.0.0.4/24", Addresses(two, IPv4));
        Assert.Equal("10.0.0.6/24", Addresses(one, IPv4));
        Assert.Equal("10.0.0.1/24", Addresses(two, Static("10.0.0.1")));
        Assert.Equal("10.0.0.5/24", Addresses(one, Static("10.0.0.5")));
        Assert.Equal("10.0.0.7/24", Addresses(one, IPv4));
    }

    [Fact]
    public void RoutedNetworks_AreThoseOfTheParentWithTheGateway()
    {
        Add(Network("b", Subnet("10.0.0.0/24", "10.0.0.1"), Subnet("fd18::/64", "fd18::1")));
        Add(Network("A", Subnet("10.0.0.0/24", "10.0.0.1")));
        Add(Network("c", Subnet("10.0.0.0/24", "10.0.0.2")));
        Add(Network("d", Subnet("10.0.0.0/24", "10.0.0.1")) with { Parent = "eth1" });

        Assert.Equal(["A", "b"], Store.GetRoutedNetworks("eth0", AddressValue.Parse("10.0.0.1")));
        Assert.Equal(["b"], Store.GetRoutedNetworks("eth0", AddressValue.Parse("fd18::1")));
        Assert.Empty(Store.GetRoutedNetworks("eth0", AddressValue.Parse("10.0.0.3")));
    }

    [Fact]
    public void Ranges_ApartKeepThemApart()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.10-10.0.0.11")));
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.11-10.0.0.12")));

        Assert.Equal("10.0.0.10/24", Addresses(one, IPv4));
        Assert.Equal("10.0.0.11/24", Addresses(one, IPv4));
        Assert.Equal("10.0.0.12/24", Addresses(two, IPv4));
        NetworkAssert.Refused(NetworkError.AddressesExhausted, () => Reserve(two, IPv4), "'two'");
    }

    [Fact]
    public void OtherParents_HaveBooksOfTheirOwn()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1")));
        NetworkRecord two = Add(
            Network("two", Subnet("10.0.0.0/24", "10.0.0.8", "", "10.0.0.9")) with { Parent = "eth1" });

        Assert.Equal("10.0.0.2/24", Addresses(one, IPv4));
        Assert.Equal("10.0.0.1/24", Addresses(two, IPv4));
        Assert.Equal("10.0.0.2/24", Addresses(two, Static("10.0.0.2")));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void RenamedParent_TakesNetworksPoolsAndSubInterfacesWithIt()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1")));
        NetworkRecord other = Add(Network("other", Subnet("10.0.0.0/24", "10.0.0.1")) with { Parent = "eth1" });
        ParentLinkRecord vlan = new() { Name = "eth0.50", Kind = new VlanLink(50, VlanProtocol.Ieee8021Q), Parent = "eth0" };
        Store.SetParentLink(vlan);
        Assert.Equal("10.0.0.2/24", Addresses(one, IPv4));

        NetworkAssert.Refused(NetworkError.ParentInUse, () => Store.RenameParent("eth0", "eth1"), "eth0", "eth1");
        Assert.Equal("eth0", Store.GetNetworks("one")[0].Parent);
        Store.RenameParent("eth0", "lan0");
        Store.RenameParent("eth0.50", "office");

        Assert.Equal(["lan0", "eth1"], new[] { one, other }.Select(n => Store.GetNetworks(n.Name)[0].Parent));
        Assert.Equal(vlan with { Name = "office", Parent = "lan0" }, Store.GetParentLinks()[0]);
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.1")) with { Parent = "lan0" });
        Assert.Equal("10.0.0.3/24", Addresses(two, IPv4));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Gateway_ThatWasAllocatedToANicOfAnotherIsRefused()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.9")));
        Store.ReserveNic(Nic(one, "web7"), one, [IPv4]);

        NetworkAssert.Refused(
            NetworkError.AddressInUse,
            () => Add(Network("two", Subnet("fd18::/64"), Subnet("10.0.0.0/24", "10.0.0.9"))),
            "10.0.0.9", "'one'", "web7");

        Assert.Equal((1, 1, 1), (State.Count("networks"), State.Count("subnets"), State.Count("pools")));
        Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.9")) with { Parent = "eth1" });
    }

    [Fact]
    public void Gateway_ThatANicOfAnotherAskedForIsThatNic()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1")));
        Store.ReserveNic(Nic(one, "router"), one, [Static("10.0.0.9")]);

        Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.9")));

        Assert.Equal("a NIC of network 'one' in router", Store.DescribeHolder("eth0", AddressValue.Parse("10.0.0.9")));
        Assert.Null(Store.DescribeHolder("eth0", AddressValue.Parse("10.0.0.1")));
        Assert.Null(Store.DescribeHolder("eth1", AddressValue.Parse("10.0.0.9")));
    }

    [Fact]
    public void Book_StaysAsLongAsANetworkUsesIt()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1")));
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.1")));
        Reserve(two, IPv4);

        Store.RemoveNetwork(one.Id);

        Assert.Equal("10.0.0.3/24", Addresses(two, IPv4));
        Assert.Equal(1, State.Count("pools"));
    }

    [Fact]
    public void Book_IsNewWhenTheLastNetworkIsGone()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1")));
        Store.ReleaseNic(Reserve(one, IPv4).Id);
        Store.RemoveNetwork(one.Id);

        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.9")));

        Assert.Equal("10.0.0.1/24", Addresses(two, IPv4));
    }
}
