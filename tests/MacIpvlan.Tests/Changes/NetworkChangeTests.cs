using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Changes;

/// <summary>What a network's definition is after a change: what isn't given stays, and what goes takes along what lies in it.</summary>
public sealed class NetworkChangeTests
{
    private static readonly NetworkRecord s_network = new()
    {
        Id = new string('0', 64),
        Name = "lan",
        NicKind = new MacvlanLink(MacvlanMode.Bridge),
        Parent = "eth0",
        Mtu = 1400,
        RouteMetric = 7,
        Routes = [NetworkRoute.Parse("10.9.0.0/16 via 10.1.0.9")],
        Subnets =
        [
            new(IPPrefix.Parse("10.1.0.0/24"), AddressValue.Parse("10.1.0.254"), [AddressRange.Parse("10.1.0.64/26")], [AddressRange.Parse("10.1.0.9")]),
            new(IPPrefix.Parse("10.2.0.0/24"), AddressValue.Parse("10.2.0.1"), [], [AddressRange.Parse("10.2.0.5")]),
            new(IPPrefix.Parse("fd01::/64"), AddressValue.Parse("fd01::ff"), [], []),
        ],
    };

    private static readonly NetworkRequest s_nothing = TestRequests.Request("") with { Name = "" };

    [Fact]
    public void Change_OfNothingLeavesTheDefinition() =>
        Assert.Equal(Lines(NetworkRequest.For(s_network)), Lines(Change(s_nothing).ApplyTo(s_network)));

    [Fact]
    public void Change_LeavesWhatIsNotGiven()
    {
        NetworkRequest changed = Change(s_nothing with { Mtu = 1300, RouteMetric = 1, Internal = true }, NetworkSettings.Mtu).ApplyTo(s_network);

        Assert.Equal(Lines(NetworkRequest.For(s_network with { Mtu = 1300 })), Lines(changed));
    }

    [Fact]
    public void Change_ToNothingIsOneToTheDefault()
    {
        NetworkRequest changed = Change(
            s_nothing, NetworkSettings.Mtu, NetworkSettings.RouteMetric, NetworkSettings.Route, NetworkSettings.IPRange, NetworkSettings.ExcludeAddress).ApplyTo(s_network);

        Assert.Equal((null, null), (changed.Mtu, changed.RouteMetric));
        Assert.Empty(changed.Routes);
        Assert.Empty(changed.Ranges);
        Assert.Empty(changed.Excluded);
    }

    [Theory]
    [InlineData("10.3.0.0/24", "", "10.1.0.0/24 10.2.0.0/24 fd01::/64 10.3.0.0/24", "10.1.0.254 10.2.0.1 fd01::ff", "10.1.0.64-10.1.0.127", "10.1.0.9 10.2.0.5")]
    [InlineData("10.2.0.0/24", "", "10.1.0.0/24 10.2.0.0/24 fd01::/64", "10.1.0.254 10.2.0.1 fd01::ff", "10.1.0.64-10.1.0.127", "10.1.0.9 10.2.0.5")]
    [InlineData("", "10.1.0.0/24", "10.2.0.0/24 fd01::/64", "10.2.0.1 fd01::ff", "", "10.2.0.5")]
    [InlineData("10.3.0.0/24", "10.1.0.0/24 10.2.0.0/24", "fd01::/64 10.3.0.0/24", "fd01::ff", "", "")]
    public void Subnets_AreAddedAndRemovedWithWhatLiesInThem(string added, string removed, string subnets, string gateways, string ranges, string excluded)
    {
        NetworkRequest changed = (Change(s_nothing) with { AddedSubnets = TestRequests.Request(added).Subnets, RemovedSubnets = TestRequests.Request(removed).Subnets })
            .ApplyTo(s_network);

        Assert.Equal(
            (subnets, gateways, ranges, excluded),
            (Text(changed.Subnets), Text(changed.Gateways), Text(changed.Ranges), Text(changed.Excluded)));
    }

    [Fact]
    public void Subnets_ThatBecomeLargerKeepWhatLiesInThem()
    {
        NetworkRequest changed = Change(TestRequests.Request("10.1.0.0/16 fd01::/48"), NetworkSettings.Subnet).ApplyTo(s_network);

        Assert.Equal(("10.1.0.254 fd01::ff", "10.1.0.64-10.1.0.127", "10.1.0.9"), (Text(changed.Gateways), Text(changed.Ranges), Text(changed.Excluded)));
    }

    [Fact]
    public void Subnet_ThatTheNetworkDoesNotHaveIsNotRemoved() => NetworkAssert.Refused(
        NetworkError.InvalidParameter,
        () => (Change(s_nothing) with { RemovedSubnets = [IPPrefix.Parse("10.7.0.0/24")] }).ApplyTo(s_network),
        "10.7.0.0/24 isn't a subnet of 'lan'", "10.2.0.0/24");

    [Fact]
    public void Gateways_OfIPv4GoWithTheSwitchAndThoseOfIPv6Stay()
    {
        NetworkRequest changed = Change(s_nothing with { NoGateway = true }, NetworkSettings.NoGateway).ApplyTo(s_network);

        Assert.Equal("fd01::ff", Text(changed.Gateways));
        Assert.Null(NetworkDefinition.Check(changed with { Routes = [] })[0].Gateway);
    }

    [Fact]
    public void Gateway_OutsideTheSubnetsStaysWithTheLastSubnetOfItsFamily()
    {
        NetworkRecord network = s_network with
        {
            OnLinkGateway = true, Routes = [],
            Subnets = [.. s_network.Subnets.Take(2).Select(static s => s with { Gateway = AddressValue.Parse("192.0.2.1") }), s_network.Subnets[2]],
        };
        NetworkChange remove = Change(s_nothing) with { RemovedSubnets = [IPPrefix.Parse("10.1.0.0/24")] };

        Assert.Equal("192.0.2.1 fd01::ff", Text(remove.ApplyTo(network).Gateways));
        Assert.Equal("fd01::ff", Text((remove with { RemovedSubnets = [.. remove.RemovedSubnets, IPPrefix.Parse("10.2.0.0/24")] }).ApplyTo(network).Gateways));
    }

    [Fact]
    public void Mode_TakesAlongWhatOnlyItHas()
    {
        PhysicalAddress mac = new([2, 0, 0, 0, 0, 1]);
        NetworkRecord source = s_network with { NicKind = new MacvlanLink(MacvlanMode.Source) { AllowedMacAddresses = [mac], BroadcastQueueLength = 9 } };
        NetworkRequest Given(MacvlanLink kind) => s_nothing with { NicKind = kind };

        Assert.Equal(
            "macvlan mode private bcqueuelen 9", $"{Change(Given(new(MacvlanMode.Private)), NetworkSettings.Mode).ApplyTo(source).NicKind}");
        Assert.Equal(
            "macvlan mode source macaddr set 02:00:00:00:00:01 bcqueuelen 5",
            $"{Change(Given(new(MacvlanMode.Bridge) { BroadcastQueueLength = 5 }), NetworkSettings.BroadcastQueueLength).ApplyTo(source).NicKind}");
        NetworkRecord passthru = s_network with { NicKind = new MacvlanLink(MacvlanMode.Passthru) { NoPromiscuous = true } };
        Assert.Equal("macvlan mode vepa", $"{Change(Given(new(MacvlanMode.Vepa)), NetworkSettings.Mode).ApplyTo(passthru).NicKind}");
    }

    [Fact]
    public void Flag_StaysWithAnotherMode()
    {
        NetworkRecord network = s_network with { NicKind = new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Vepa) };

        NetworkRequest changed = Change(s_nothing with { NicKind = new IpvlanLink(IpvlanMode.L3S, IpvlanFlag.Bridge) }, NetworkSettings.Mode).ApplyTo(network);

        Assert.Equal("ipvlan mode l3s vepa", $"{changed.NicKind}");
    }

    [Fact]
    public void Dhcp_ChangesInWhatIsGiven()
    {
        DhcpDefinition dhcp = new() { VendorClass = "a", Timeout = TimeSpan.FromSeconds(5), RequestedOptions = [66] };
        NetworkRecord network = s_network with { Dhcp = dhcp, Subnets = [] };
        NetworkRequest values = s_nothing with { Dhcp = new() { VendorClass = "b" } };

        Assert.Equal(dhcp with { VendorClass = "b" }, Change(values, NetworkSettings.DhcpClass).ApplyTo(network).Dhcp);
        Assert.Equal(dhcp, Change(values, NetworkSettings.Dhcp).ApplyTo(network).Dhcp);
        Assert.Null(Change(s_nothing, NetworkSettings.Dhcp).ApplyTo(network).Dhcp);
        NetworkAssert.Refused(NetworkError.InvalidParameter, () => Change(values, NetworkSettings.DhcpClass).ApplyTo(s_network), "DhcpClass");
    }

    [Fact]
    public void Probe_ChangesInWhatIsGiven()
    {
        NetworkRecord probing = s_network with { Probe = new(5, 700) };
        NetworkRequest values = s_nothing with { Probe = new(2) };

        Assert.Equal(new ProbeSettings(2, 700), Change(values, NetworkSettings.ProbeCount).ApplyTo(probing).Probe);
        Assert.Equal(new ProbeSettings(5, 700), Change(values, NetworkSettings.ProbeAddress).ApplyTo(probing).Probe);
        Assert.Null(Change(s_nothing, NetworkSettings.ProbeAddress).ApplyTo(probing).Probe);
        Assert.Equal(new ProbeSettings(), Change(s_nothing with { Dhcp = new() }, NetworkSettings.Dhcp, NetworkSettings.Subnet).ApplyTo(s_network).Probe);
        NetworkAssert.Refused(NetworkError.InvalidParameter, () => Change(values, NetworkSettings.ProbeCount).ApplyTo(s_network), "ProbeCount");
    }

    [Fact]
    public void Identifier_GoesWithTheAdvertisements()
    {
        NetworkRecord network = s_network with { RouterAdvertisement = RouterAdvertisement.Accept, InterfaceIdentifier = InterfaceIdentifier.Eui64 };

        Assert.Null(Change(s_nothing with { RouterAdvertisement = RouterAdvertisement.Ignore }, NetworkSettings.RouterAdvertisement).ApplyTo(network).InterfaceIdentifier);
        Assert.Equal(InterfaceIdentifier.Eui64, Change(s_nothing, NetworkSettings.Mtu).ApplyTo(network).InterfaceIdentifier);
    }

    private static NetworkChange Change(NetworkRequest values, params string[] given) => new() { Given = given.ToHashSet(), Values = values };

    private static string[] Lines(NetworkRequest request) => [.. NetworkSettings.Of(request).Select(static s => $"{s.Name} {s}")];

    private static string Text<T>(IEnumerable<T> values) => string.Join(' ', values);
}
