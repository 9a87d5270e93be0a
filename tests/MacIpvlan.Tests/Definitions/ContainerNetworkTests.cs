using System.Collections;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Definitions;

/// <summary>Networks as users see them.</summary>
public sealed class ContainerNetworkTests
{
    private static readonly NetworkRecord s_record = new()
    {
        Id = "0123",
        Name = "net1",
        NicKind = new MacvlanLink(MacvlanMode.Source)
        {
            AllowedMacAddresses = [new PhysicalAddress([2, 0, 0, 0, 0, 1])],
        },
        Parent = "eth0",
        Routes = [NetworkRoute.Parse("10.9.0.0/16")],
        Subnets =
        [
            new(
                IPPrefix.Parse("10.0.0.0/24"), AddressValue.Parse("10.0.0.1"),
                [AddressRange.Parse("10.0.0.128/25")], []),
            new(IPPrefix.Parse("fd18::/64"), null, [], [AddressRange.Parse("fd18::5")]),
        ],
    };

    private static readonly NetworkUsage s_usage = new(3, [AddressValue.Parse("10.0.0.9")], [new(127, 3, 124, []), new(9, 1, 8, [])]);

    [Fact]
    public void Network_IsOfTheTypeOfItsKind()
    {
        Assert.IsType<MacvlanNetwork>(Network(new MacvlanLink(MacvlanMode.Bridge)));
        Assert.IsType<IpvlanNetwork>(Network(new IpvlanLink(IpvlanMode.L3, IpvlanFlag.Private)));
    }

    [Fact]
    public void ModeText_HasTheFlagUnlessItIsBridge()
    {
        Assert.Equal("Vepa", Network(new MacvlanLink(MacvlanMode.Vepa)).ModeText);
        Assert.Equal("L3S", Network(new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Bridge)).ModeText);
        Assert.Equal("L2 Private", Network(new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Private)).ModeText);
    }

    [Fact]
    public void Subnets_HaveTheirUsage()
    {
        ContainerNetwork network = ContainerNetwork.From(s_record, s_usage, NetworkState.Ready);

        Assert.Equal(3, network.NicCount);
        Assert.Equal(
            ["10.0.0.0/24 127 3 124", "fd18::/64 9 1 8"],
            network.Subnets.Select(static s => $"{s} {s.Size} {s.InUse} {s.Free}"));
        Assert.Equal(["10.0.0.1", null], network.Subnets.Select(static s => s.Gateway?.ToString()));
    }

    [Fact]
    public void Parameters_AreThoseThatMakeItAgain()
    {
        ContainerNetwork network = ContainerNetwork.From(s_record, s_usage, NetworkState.Ready);

        Assert.Equal("10.0.0.0/24, fd18::/64", network.Subnet.ToString());
        Assert.Equal("10.0.0.1", network.Gateway.ToString());
        Assert.Equal("10.0.0.128-10.0.0.255", network.IPRange.ToString());
        Assert.Equal("fd18::5", network.ExcludeAddress.ToString());
        Assert.Equal("10.9.0.0/16", network.Route.ToString());
        Assert.Equal("10.0.0.9", network.HostAddress.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.1", false)]
    [InlineData("10.0.0.0/24", null, true)]
    [InlineData("10.0.0.1/32", null, false)]
    [InlineData("fd18::/64", null, false)]
    public void NoGateway_IsOfIPv4SubnetsThatWouldHaveGotOne(string subnet, string? gateway, bool expected)
    {
        NetworkRecord record = s_record with
        {
            Subnets = [new(IPPrefix.Parse(subnet), gateway is null ? null : AddressValue.Parse(gateway), [], [])],
        };

        Assert.Equal(expected, ContainerNetwork.From(record, new(0, [], [new(1, 0, 1, [])]), NetworkState.Ready).NoGateway);
    }

    [Fact]
    public void Lists_AreOfPublicTypesThatPowerShellCanIndex()
    {
        MacvlanNetwork network = Assert.IsType<MacvlanNetwork>(ContainerNetwork.From(s_record, s_usage, NetworkState.Ready));

        Assert.All(
            (object[])
            [
                network.Subnets, network.Route, network.AllowedMacAddress, network.Subnets[0].IPRange,
                network.Subnets[1].ExcludedAddress,
            ],
            static list => Assert.True(list is IList && list.GetType().IsVisible, $"{list.GetType()}"));
    }

    [Fact]
    public void Text_IsTheName() => Assert.Equal("net1", $"{ContainerNetwork.From(s_record, s_usage, NetworkState.Ready)}");

    private static ContainerNetwork Network(LinkKind kind) =>
        ContainerNetwork.From(s_record with { NicKind = kind }, s_usage, NetworkState.Ready);
}
