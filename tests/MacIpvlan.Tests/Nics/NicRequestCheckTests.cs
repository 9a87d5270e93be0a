using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan.Tests.Nics;

/// <summary>
/// What can be asked of a NIC: each rule that needs no other namespace, and what it asks of the address book.
/// </summary>
public sealed class NicRequestCheckTests : IDisposable
{
    private readonly NamespaceHandle _own = NamespaceHandle.Open("web1", "/proc/self/ns/net");

    public void Dispose() => _own.Dispose();

    [Fact]
    public void Target_MustNotBeTheHostsOwnNamespace() =>
        NetworkAssert.Refused(NetworkError.HostNamespace, () => NicRequestCheck.Check(Request()), "web1");

    [Theory]
    [InlineData("a/b")]
    [InlineData("eth%d")]
    [InlineData("sixteen-bytes-00")]
    [InlineData("")]
    public void InterfaceName_MustBeOne(string name) =>
        NetworkAssert.Refused(
            NetworkError.InvalidName, () => NicRequestCheck.Check(Request() with { InterfaceName = name }));

    [Theory]
    [InlineData("10.0.0.0/24", 67)]
    [InlineData("fd18::/64", 1279)]
    [InlineData("fd18::/64", 65536)]
    public void Mtu_MustBeWithinBounds(string subnet, int mtu) => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NicRequestCheck.Check(Request(subnet) with { Mtu = mtu }), $"{mtu}");

    [Theory]
    [InlineData("bad_name")]
    [InlineData("bücher")]
    [InlineData("-web1")]
    [InlineData("web1.")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123")]
    public void HostName_MustBeOne(string name) => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NicRequestCheck.Check(Request() with { HostName = name }), $"'{name}' isn't a host name");

    [Theory]
    [InlineData("010000000001", "group")]
    [InlineData("FFFFFFFFFFFF", "group")]
    [InlineData("000000000000", "zero")]
    [InlineData("0200000001", "six bytes")]
    [InlineData("0200000000000001", "six bytes")]
    public void MacAddress_MustBeThatOfOneStation(string mac, string reason) => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NicRequestCheck.Check(
            Request() with { MacAddress = PhysicalAddress.Parse(mac) }), reason);

    [Fact]
    public void MacAddress_IsNotForIpvlan()
    {
        NicRequest request = Request("10.0.0.0/24", new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge)) with
        {
            MacAddress = PhysicalAddress.Parse("020000000001"),
        };

        NetworkAssert.Refused(NetworkError.InvalidParameter, () => NicRequestCheck.Check(request), "ipvlan");
    }

    [Theory]
    [InlineData("::1234", RouterAdvertisement.Accept, null)]
    [InlineData("Eui64", RouterAdvertisement.Accept, null)]
    [InlineData("::1234", RouterAdvertisement.Ignore, "don't configure")]
    [InlineData("StablePrivacy", null, "don't configure")]
    public void InterfaceIdentifier_IsForNetworksThatAcceptAdvertisements(string identifier, RouterAdvertisement? routers, string? words)
    {
        NicRequest request = Request();
        NetworkRecord record = request.Network.Record with { RouterAdvertisement = routers };
        request = request with
        {
            Network = ContainerNetwork.From(record, new NetworkUsage(0, [], []), NetworkState.Ready), InterfaceIdentifier = InterfaceIdentifier.Parse(identifier),
        };

        // What is checked next is the target.
        NetworkAssert.Refused(words is null ? NetworkError.HostNamespace : NetworkError.InvalidParameter, () => NicRequestCheck.Check(request), words ?? "web1");
    }

    [Fact]
    public void Probing_IsNotForIpvlan()
    {
        NicRequest request = Request("10.0.0.0/24", new IpvlanLink(IpvlanMode.L2, IpvlanFlag.Bridge));

        NetworkAssert.Refused(
            NetworkError.InvalidParameter, () => NicRequestCheck.Check(request with { ProbeAddress = true }), "ipvlan");
    }

    [Theory]
    // As the network says, unless the NIC is asked for otherwise; then by the network's count and wait, if it has any.
    [InlineData(false, null, null)]
    [InlineData(false, true, "3 600")]
    [InlineData(false, false, null)]
    [InlineData(true, null, "5 1500")]
    [InlineData(true, true, "5 1500")]
    [InlineData(true, false, null)]
    public void Probing_IsAsTheNetworkSaysUnlessAskedForOtherwise(bool network, bool? nic, string? expected)
    {
        NicRequest request = Request() with { ProbeAddress = nic };
        NetworkRecord record = request.Network.Record with { Probe = network ? new ProbeSettings(5, 1500) : null };
        request = request with { Network = ContainerNetwork.From(record, new NetworkUsage(0, [], []), NetworkState.Ready) };

        Assert.Equal(expected, request.Probe is ProbeSettings p ? $"{p.Count} {p.TimeoutMilliseconds}" : null);
    }

    [Theory]
    // One address of each family that the network has, unless one is asked for.
    [InlineData("10.0.0.0/24", "", "InterNetwork")]
    [InlineData("fd18::/64", "", "InterNetworkV6")]
    [InlineData("fd18::/64 10.0.0.0/24 10.0.1.0/24", "", "InterNetwork InterNetworkV6")]
    [InlineData("10.0.0.0/24 fd18::/64", "fd18::7", "fd18::7 InterNetwork")]
    [InlineData("10.0.0.0/24 fd18::/64", "10.0.0.7 10.0.0.8", "10.0.0.7 10.0.0.8 InterNetworkV6")]
    public void Demands_AreOneAddressOfEachFamilyOrThoseAskedFor(string subnets, string addresses, string expected)
    {
        NicRequest request = Request(subnets) with { Addresses = TestRequests.Addresses(addresses) };

        Assert.Equal(
            expected,
            string.Join(' ', NicRequestCheck.Demands(request, []).Select(static d => d.Static?.ToString() ?? $"{d.Family}")));
        Assert.All(NicRequestCheck.Demands(request, []), static d => Assert.Equal(d.Family, d.Static?.Family ?? d.Family));
    }

    [Fact]
    public void Address_OfDhcpIsTheServersToAssign()
    {
        NicRequest request = WithDhcp("fd18::/64") with { IsHost = true };

        NetworkAssert.Refused(
            NetworkError.InvalidAddress, () => NicRequestCheck.Check(request with { Addresses = TestRequests.Addresses("10.0.0.7") }),
            "10.0.0.7", "'net1'", "a DHCP server assigns its IPv4 addresses");
        NetworkAssert.Refused(
            NetworkError.InvalidAddress, () => NicRequestCheck.Check(WithDhcp("") with { IsHost = true, Addresses = TestRequests.Addresses("fd18::7") }),
            "isn't in any subnet of 'net1', which has none");
        // IPv6 is as ever.
        NicRequestCheck.Check(request with { Addresses = TestRequests.Addresses("fd18::7") });
        Assert.Equal(["InterNetworkV6"], NicRequestCheck.Demands(request, []).Select(static d => $"{d.Family}"));
        Assert.Empty(NicRequestCheck.Demands(WithDhcp(""), []));
    }

    [Fact]
    public void Mtu_OfDhcpHasRoomForItsMessages() => NetworkAssert.Refused(
        NetworkError.InvalidParameter, () => NicRequestCheck.Check(WithDhcp("") with { Mtu = 575 }), "DHCP", "576");

    [Fact]
    public void Demands_AreNoneWhenNoAddressIsWanted() =>
        Assert.Empty(NicRequestCheck.Demands(Request() with { NoAddress = true }, []));

    [Theory]
    [InlineData("10.0.0.7/24", null)]
    [InlineData("fd18::7/64", null)]
    [InlineData("10.0.0.7/16", "10.0.0.7/16 10.0.0.0/24 'net1' 24, not 16")]
    [InlineData("10.0.0.7/25", "10.0.0.7/25 10.0.0.0/24 'net1' 24, not 25")]
    [InlineData("fd18::7/48", "fd18::7/48 fd18::/64 'net1' 64, not 48")]
    // The host's own NIC shows its addresses so.
    [InlineData("10.0.0.7/32", null)]
    [InlineData("fd18::7/128", null)]
    public void PrefixLength_IsTheSubnetsOrRefused(string address, string? refused)
    {
        InterfaceAddress wanted = InterfaceAddress.Parse(address);
        NicRequest request = Request("10.0.0.0/24 fd18::/64") with { IsHost = true, Addresses = [wanted.Value], AddressesWithLength = [wanted] };

        if (refused is null) NicRequestCheck.Check(request);
        else NetworkAssert.Refused(NetworkError.InvalidAddress, () => NicRequestCheck.Check(request), refused.Split(' ', 4));
    }

    [Theory]
    [InlineData("10.0.0.0/24", null, false, true)]
    [InlineData("10.0.0.0/24", "10.0.0.1", true, true)]
    [InlineData("10.0.0.0/24", "10.0.0.1", false, false)]
    public void DefaultRoute_NeedsAGatewayAndAWayOut(string subnet, string? gateway, bool isInternal, bool isRefused)
    {
        NicRequest request = Request(subnet) with { IsHost = true, DefaultRoute = true };
        NetworkRecord record = request.Network.Record with
        {
            Internal = isInternal,
            // What the network does for the others doesn't count.
            NoDefaultRoute = true,
            Subnets = [new(IPPrefix.Parse(subnet), gateway is null ? null : AddressValue.Parse(gateway), [], [])],
        };
        request = request with { Network = ContainerNetwork.From(record, new NetworkUsage(0, [], []), NetworkState.Ready) };

        if (isRefused) NetworkAssert.Refused(NetworkError.InvalidParameter, () => NicRequestCheck.Check(request), "default route");
        else NicRequestCheck.Check(request);
        NicRequestCheck.Check(request with { DefaultRoute = false });
    }

    private NicRequest WithDhcp(string subnets)
    {
        NicRequest request = Request(subnets);
        NetworkRecord record = request.Network.Record with { Dhcp = new() };
        return request with { Network = ContainerNetwork.From(record, new NetworkUsage(0, [], []), NetworkState.Ready) };
    }

    private NicRequest Request(string subnets = "10.0.0.0/24", LinkKind? kind = null) => new()
    {
        Network = ContainerNetwork.From(
            new NetworkRecord
            {
                Id = "id",
                Name = "net1",
                NicKind = kind ?? new MacvlanLink(MacvlanMode.Bridge),
                Parent = "eth0",
                Subnets = [.. subnets.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static s => new SubnetRecord(IPPrefix.Parse(s), null, [], []))],
            },
            new NetworkUsage(0, [], []),
            NetworkState.Ready),
        Target = _own,
    };
}
