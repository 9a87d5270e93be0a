using MacIpvlan.State;

namespace MacIpvlan.Tests.State;

/// <summary>Which address a NIC gets, and which it does not.</summary>
public sealed class AllocationTests : StateTest
{
    [Fact]
    public void Lowest_IsFirstBehindTheGateway()
    {
        NetworkRecord network = Add(Network("net1", Subnet("192.168.50.0/24", "192.168.50.1")));

        Assert.Equal("192.168.50.2/24", Addresses(network, IPv4));
        Assert.Equal("192.168.50.3/24", Addresses(network, IPv4));
        AssertRunsAreTheLeases();
    }

    [Theory]
    [InlineData("10.0.0.0/29", "10.0.0.1", "", "", "2 3 4 5 6")]
    [InlineData("10.0.0.0/29", "10.0.0.3", "", "", "1 2 4 5 6")]
    [InlineData("10.0.0.0/29", null, "", "", "1 2 3 4 5 6")]
    [InlineData("10.0.0.0/29", "10.0.0.6", "", "10.0.0.2-10.0.0.4", "1 5")]
    [InlineData("10.0.0.0/28", "10.0.0.1", "10.0.0.4-10.0.0.6", "10.0.0.5", "4 6")]
    [InlineData("10.0.0.0/28", "10.0.0.5", "10.0.0.10 10.0.0.4-10.0.0.6", "", "4 6 10")]
    [InlineData("10.0.0.0/28", "10.0.0.1", "10.0.0.12/30", "", "12 13 14")]
    [InlineData("10.0.0.0/31", "10.0.0.0", "", "", "1")]
    [InlineData("10.0.0.0/31", null, "", "", "0 1")]
    [InlineData("10.0.0.7/32", null, "", "", "7")]
    [InlineData("10.0.0.0/30", "10.0.0.1", "", "10.0.0.2", "")]
    public void Addresses_AreHandedOutUpToTheLastAndThenNoMore(
        string subnet, string? gateway, string ranges, string excluded, string expected)
    {
        NetworkRecord network = Add(Network("net1", Subnet(subnet, gateway, ranges, excluded)));
        foreach (string last in expected.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Equal($"10.0.0.{last}/{subnet.Split('/')[1]}", Addresses(network, IPv4));
        }

        NetworkException e = NetworkAssert.Refused(
            NetworkError.AddressesExhausted, () => Reserve(network, IPv4), "'net1'");

        Assert.NotNull(e.RecommendedAction);
        Assert.Equal(State.Count("leases"), State.Count("nics"));
        AssertRunsAreTheLeases();
    }

    [Theory]
    [InlineData("fd18::/64", null, "fd18::1/64 fd18::2/64")]
    [InlineData("fd18::/64", "fd18::1", "fd18::2/64 fd18::3/64")]
    [InlineData("fd18::/127", null, "fd18::/127 fd18::1/127")]
    [InlineData("fd18:0:0:fffe::/63", null, "fd18:0:0:fffe::1/63 fd18:0:0:fffe::2/63")]
    public void IPv6_NeverHandsOutTheRoutersAddress(string subnet, string? gateway, string expected)
    {
        NetworkRecord network = Add(Network("net1", Subnet(subnet, gateway)));

        Assert.Equal(expected, $"{Addresses(network, IPv6)} {Addresses(network, IPv6)}");
    }

    [Fact]
    public void Released_AddressIsTheNextThatIsHandedOut()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        NicRecord[] nics = [.. Enumerable.Range(0, 8).Select(_ => Reserve(network, IPv4))];

        foreach (int i in (int[])[5, 1, 6]) Store.ReleaseNic(nics[i].Id);
        AssertRunsAreTheLeases();

        Assert.Equal(
            ["10.0.0.3/24", "10.0.0.7/24", "10.0.0.8/24", "10.0.0.10/24"],
            Enumerable.Range(0, 4).Select(_ => Addresses(network, IPv4)));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Demands_AreMetInTheirOrder()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1"), Subnet("fd18::/64")));

        Assert.Equal("10.0.0.2/24 fd18::1/64", Addresses(network, IPv4, IPv6));
        Assert.Equal("fd18::2/64 10.0.0.3/24", Addresses(network, IPv6, IPv4));
        Assert.Equal(
            "10.0.0.4/24 10.0.0.9/24 fd18::9/64", Addresses(network, IPv4, Static("10.0.0.9"), Static("fd18::9")));
    }

    [Fact]
    public void Static_AddressOfTheSameRequestIsNotHandedOutToo()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));

        Assert.Equal("10.0.0.3/24 10.0.0.2/24", Addresses(network, IPv4, Static("10.0.0.2")));
    }

    [Fact]
    public void FirstSubnet_IsUsedUpBeforeTheSecond()
    {
        NetworkRecord network = Add(Network(
            "net1", Subnet("10.0.1.0/30", "10.0.1.1"), Subnet("fd18::/64"), Subnet("10.0.2.0/30", "10.0.2.1")));

        Assert.Equal("10.0.1.2/30", Addresses(network, IPv4));
        Assert.Equal("10.0.2.2/30", Addresses(network, IPv4));
        NetworkAssert.Refused(NetworkError.AddressesExhausted, () => Reserve(network, IPv4));
    }

    [Fact]
    public void Static_MayBeOutsideTheRange()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.100-10.0.0.110")));

        Assert.Equal("10.0.0.5/24", Addresses(network, Static("10.0.0.5")));
        Assert.Equal("10.0.0.100/24", Addresses(network, Static("10.0.0.100")));
        Assert.Equal("10.0.0.101/24", Addresses(network, IPv4));
        AssertRunsAreTheLeases();
    }

    [Theory]
    // Before, at, and behind the start of the range, alone and in runs that touch it.
    [InlineData("10.0.0.9", "10.0.0.10")]
    [InlineData("10.0.0.8 10.0.0.9 10.0.0.10", "10.0.0.11")]
    [InlineData("10.0.0.10 10.0.0.12", "10.0.0.11")]
    [InlineData("10.0.0.13 10.0.0.14 10.0.0.15", "10.0.0.10")]
    [InlineData("10.0.0.10 10.0.0.11 10.0.0.12", "10.0.0.20")]
    [InlineData("10.0.0.10 10.0.0.11 10.0.0.12 10.0.0.13 10.0.0.14 10.0.0.19 10.0.0.20", "10.0.0.21")]
    public void Static_AddressesAreSteppedOver(string taken, string next)
    {
        NetworkRecord network = Add(
            Network("net1", Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.10-10.0.0.12 10.0.0.20-10.0.0.22")));
        foreach (string address in taken.Split(' ')) Reserve(network, Static(address));

        Assert.Equal($"{next}/24", Addresses(network, IPv4));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Static_ThatIsTakenIsRefusedAndItsHolderNamed()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        Store.ReserveNic(Nic(network, "web7"), network, [Static("10.0.0.5")]);

        NetworkException e = NetworkAssert.Refused(
            NetworkError.AddressInUse,
            () => Reserve(network, Static("10.0.0.5")), "10.0.0.5", "network 'net1'", "web7");

        Assert.NotNull(e.RecommendedAction);
    }

    [Fact]
    public void Static_TwiceInOneRequestIsRefused()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));

        NetworkAssert.Refused(
            NetworkError.AddressInUse, () => Reserve(network, Static("10.0.0.5"), Static("10.0.0.5")), "10.0.0.5");
        Assert.Equal((0, 0, 0), (State.Count("nics"), State.Count("leases"), State.Count("runs")));
    }

    [Theory]
    [InlineData("10.0.1.5")]
    [InlineData("fd18::5")]
    public void Static_InNoSubnetIsRefused(string address)
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));

        NetworkAssert.Refused(
            NetworkError.InvalidAddress, () => Reserve(network, Static(address)), address, "10.0.0.0/24");
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.51")]
    public void Static_ThatIsWithheldIsGivenToWhoAsksForIt(string address)
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1", "10.0.0.1 10.0.0.51", "10.0.0.50-10.0.0.52")));

        NicRecord router = Reserve(network, Static(address));
        Assert.Equal($"{address}/24", $"{router.Leases[0].Address}");
        NetworkAssert.Refused(NetworkError.AddressInUse, () => Reserve(network, Static(address)), address);
        Store.ReleaseNic(router.Id);

        // It's free again, but still not for others.
        NetworkAssert.Refused(NetworkError.AddressesExhausted, () => Reserve(network, IPv4));
        Assert.Equal($"{address}/24", Addresses(network, Static(address)));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void AllOrNone_OfTheAddressesAreTaken()
    {
        NetworkRecord network = Add(
            Network("net1", Subnet("10.0.0.0/24", "10.0.0.1"), Subnet("fd18::/127", "fd18::", "", "fd18::1")));

        NetworkAssert.Refused(NetworkError.AddressesExhausted, () => Reserve(network, Static("10.0.0.9"), IPv4, IPv6));

        Assert.Equal((0, 0, 0), (State.Count("nics"), State.Count("leases"), State.Count("runs")));
        Assert.Equal("10.0.0.2/24 10.0.0.9/24", Addresses(network, IPv4, Static("10.0.0.9")));
    }
}
