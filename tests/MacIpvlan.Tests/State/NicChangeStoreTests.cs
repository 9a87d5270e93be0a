using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>Changes of NICs: claimed, written, completed.</summary>
public sealed class NicChangeStoreTests : StateTest
{
    private readonly NetworkRecord _network;

    public NicChangeStoreTests() => _network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1"), Subnet("fd18::/64")));

    [Fact]
    public void Taking_ClaimsThoseThatNobodyHas()
    {
        NicRecord free = Settle(IPv4), busy = Reserve(_network, IPv4);
        using SqliteStateStore other = State.Open();

        NicRecord taken = Assert.Single(other.TakeNics([busy.Id, free.Id, "0"]));

        Assert.Equal((free.Id, NicRecordState.Changing), (taken.Id, taken.State));
        Assert.Empty(Store.TakeNics([free.Id]));
        Assert.Empty(Store.CompleteNics([free]));
    }

    [Fact]
    public void Change_IsWrittenWithAllItsFields()
    {
        NicRecord wanted = Take(IPv4) with
        {
            InterfaceName = "wan0", MacAddress = PhysicalAddress.Parse("020000000009"), Mtu = 1400, DefaultRoute = true, IsDisabled = true,
            InterfaceIdentifier = InterfaceIdentifier.Parse("::7"),
            Obsolete = new([], [new(1000001, NetworkRoute.Parse("10.9.0.0/16 via 10.0.0.9 metric 5")), new(0, NetworkRoute.Parse("blackhole fd09::/64"))],
                [NicSysctl.Parse("net.ipv4.conf.IFNAME.rp_filter=2"), NicSysctl.Parse("net.ipv6.conf.IFNAME.hop_limit=7")]),
        };

        NicRecord written = Change(wanted);

        Assert.Equal(Describe.Lines(wanted), Describe.Lines(written));
        Assert.Equal(Describe.Lines(written), Describe.Lines(Store.GetNics()[0]));
        Assert.Single(Store.CompleteNics([written with { State = NicRecordState.Attached }]));
        Assert.Equal(Describe.Lines(wanted with { State = NicRecordState.Attached, Obsolete = ObsoleteSettings.None }), Describe.Lines(Store.GetNics()[0]));
    }

    [Fact]
    public void Address_ThatGoesIsNobodyElsesUntilTheChangeIsComplete()
    {
        NicRecord nic = Take(IPv4, IPv6);

        NicRecord written = Change(nic with { Leases = [nic.Leases[1]] }, Static("10.0.0.9"), IPv4);

        // In the place of the one of its family.
        Assert.Equal(["10.0.0.9/24 Static", "10.0.0.3/24 Pool", "fd18::1/64 Pool"], written.Leases.Select(static l => $"{l.Address} {l.Source}"));
        Assert.Equal(["10.0.0.2/24"], written.Obsolete.Leases.Select(static l => $"{l.Address}"));
        Assert.Equal("10.0.0.4/24", Addresses(_network, IPv4));
        AssertRunsAreTheLeases();
        Store.CompleteNics([written with { State = NicRecordState.Attached }]);
        Assert.Empty(Store.GetNics()[0].Obsolete.Leases);
        Assert.Equal("10.0.0.2/24", Addresses(_network, IPv4));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Change_ThatIsUndoneLeavesTheFormerAddresses()
    {
        NicRecord nic = Take(IPv4);
        Change(nic with { Leases = [] }, Static("10.0.0.9"));

        NicRecord former = Change(nic);

        Assert.Equal(["10.0.0.2/24"], former.Leases.Select(static l => $"{l.Address}"));
        Assert.Equal(["10.0.0.9/24"], former.Obsolete.Leases.Select(static l => $"{l.Address}"));
        Store.CompleteNics([former with { State = NicRecordState.Attached }], [new(AddressValue.Parse("10.0.0.9"), PhysicalAddress.Parse("020000000001"), DateTimeOffset.UtcNow.AddHours(1))]);
        Assert.Single(Store.GetUsage(_network.Id)[_network.Id].Subnets[0].Foreign);
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Changes_AreWrittenAllOrNone()
    {
        NicRecord one = Take(IPv4), two = Take(IPv4);
        NicDemand changed = new(one with { Mtu = 1300, Leases = [] }, _network, [Static("10.0.0.9")]);

        NetworkException refusal = Assert.Throws<NetworkException>(() => Store.ChangeNics([changed, new(two, _network, [Static("10.0.0.9")])]));

        Assert.Equal(NetworkError.AddressInUse, refusal.Error);
        Assert.Equal([0, 0], Store.GetNics().Select(static n => n.Mtu));
        Assert.Equal(["10.0.0.2/24", "10.0.0.3/24"], Store.GetNics().SelectMany(static n => n.Leases).Select(static l => $"{l.Address}"));
        Store.ReleaseNic(two.Id);
        Assert.Equal(NetworkError.NicNotFound, Assert.Throws<NetworkException>(() => Store.ChangeNics([changed, new(two, _network, [])])).Error);
        Assert.Equal(0, Store.GetNics()[0].Mtu);
    }

    [Fact]
    public void Change_OfANicThatAnotherCommandHasIsRefused()
    {
        NicRecord nic = Take(IPv4);
        using SqliteStateStore other = State.Open();
        other.TakeNic(nic.Id, NicRecordState.Detaching);

        Assert.Equal(NetworkError.NicNotFound, Assert.Throws<NetworkException>(() => Change(nic)).Error);
        Assert.Equal(NicRecordState.Detaching, Store.GetNics()[0].State);
    }

    [Fact]
    public void Address_OfASubnetThatWasTakenAwayKeepsItsPoolUntilTheChangeIsComplete()
    {
        NicRecord nic = Take(IPv4);
        Store.SetSegment(_network.Id, new("any", AwayPolicy.Refuse, null, [Subnet("10.0.0.0/25"), Subnet("fd18::/64")], null));
        NetworkRecord now = Store.GetNetworks()[0];

        NicRecord written = Store.ChangeNics([new(nic with { Leases = [nic.Leases[0] with { Address = InterfaceAddress.Parse("10.0.0.2/25") }] }, now, [])])[0];

        Assert.Equal(["10.0.0.2/25"], written.Leases.Select(static l => $"{l.Address}"));
        Assert.Equal(["10.0.0.2/24"], written.Obsolete.Leases.Select(static l => $"{l.Address}"));
        Store.CompleteNics([written with { State = NicRecordState.Attached }]);
        Assert.Equal(["10.0.0.2/25"], Store.GetNics()[0].Leases.Select(static l => $"{l.Address}"));
        AssertRunsAreTheLeases();
    }

    private NicRecord Settle(params AddressDemand[] demands)
    {
        NicRecord nic = Reserve(_network, demands) with { State = NicRecordState.Attached };
        Store.UpdateNic(nic);
        return nic;
    }

    private NicRecord Take(params AddressDemand[] demands) => Assert.Single(Store.TakeNics([Settle(demands).Id]));

    private NicRecord Change(NicRecord nic, params AddressDemand[] demands) => Assert.Single(Store.ChangeNics([new(nic, _network, demands)]));
}
