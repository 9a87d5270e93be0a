using System.Collections;
using System.Net;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Networks;

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
        Assert.Equal([IPAddress.Parse("10.0.0.1"), null], network.Subnets.Select(static s => s.Gateway));
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
