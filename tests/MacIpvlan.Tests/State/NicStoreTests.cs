using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>NICs: reserved, updated, released.</summary>
public sealed class NicStoreTests : StateTest
{
    private static readonly Container s_container =
        new(new string('a', 64), "web1", ContainerRuntime.Podman, "localhost/busybox:1", "/run/podman/podman.sock")
        {
            Cgroup = "/machine.slice/libpod-a.scope", Instance = new("shop", "web", 1),
        };

    // The next one of its name.
    private static readonly Container s_successor =
        new(new string('b', 64), "web9", ContainerRuntime.Docker, "busybox:2", "/run/docker.sock") { Cgroup = "/docker/b", Instance = new("store", "front", 2) };
    private readonly NetworkRecord _network;

    public NicStoreTests() => _network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1"), Subnet("fd18::/64")));

    [Fact]
    public void Nic_ComesBackWithAllItsFields()
    {
        NicRecord nic = Nic(_network, "/proc/77/ns/net") with
        {
            Namespace = new NamespaceIdentity(ulong.MaxValue, (1ul << 63) + 5), ProcessId = 77, ProcessStart = 78,
            Container = s_container, BelongsToName = true, IsByLabel = true, DefaultRoute = false, Bandwidth = new(Bandwidth.Unlimited, Bandwidth.Parse("100Gbit"), null), Sysctls = [NicSysctl.Parse("net.ipv4.conf.IFNAME.rp_filter=2"), NicSysctl.Parse("net.ipv6.neigh.IFNAME.mcast_solicit=-1")], InterfaceIdentifier = InterfaceIdentifier.Parse("::1234"), HostAddresses = [AddressValue.Parse("10.0.0.200"), AddressValue.Parse("fd18::200")],
        };

        NicRecord reserved = Store.ReserveNic(nic, _network, [IPv6, Static("10.0.0.9")]);

        using SqliteStateStore other = State.Open();
        NicRecord read = Assert.Single(other.GetNics());
        Assert.Equal(Describe.Lines(reserved), Describe.Lines(read));
        Assert.Equal(Describe.Lines(nic with { Ordinal = 1, Leases = read.Leases }), Describe.Lines(read));
        Assert.Equal(
            ["fd18::1/64 Pool", "10.0.0.9/24 Static"], read.Leases.Select(static l => $"{l.Address} {l.Source}"));
    }

    [Fact]
    public void Nic_ThatIsNotMadeYetHasNoInterface()
    {
        Reserve(_network, IPv4);

        NicRecord read = Assert.Single(Store.GetNics());

        Assert.Equal(("", 0, 0), (read.InterfaceName, read.InterfaceIndex, read.Mtu));
        Assert.Equal(PhysicalAddress.None, read.MacAddress);
        Assert.Null(read.ProcessId);
    }

    [Fact]
    public void Updating_RecordsStateAndInterface()
    {
        NicRecord attached = Attached(Reserve(_network, IPv4));
        Reserve(_network, IPv4);

        Store.UpdateNic(attached);

        Assert.Equal(Describe.Lines(attached), Describe.Lines(Store.GetNics()[0]));
        Assert.Equal(NicRecordState.Reserved, Store.GetNics()[1].State);
    }

    [Fact]
    public void Updating_OfThatTestSetsEveryFieldThatMayChange() => Assert.Equal(
        // What a NIC is stays.
        [".Id", ".Ordinal", ".NetworkId", ".BelongsToName", ".IsByLabel", ".IsHost", ".DefaultRoute", ".InterfaceIdentifier", ".OwnMtu", ".IsDisabled", ".Dhcp"],
        Describe.Same(Attached(Nic(_network) with { Id = "1", Container = s_container }), Nic(_network) with { Id = "1", Container = s_container })
            .Select(static l => l.Split(' ')[0]));

    [Fact]
    public void HostNic_IsOneOfANetwork_WithAddressesThatBringNoRoutesAlong()
    {
        Reserve(_network, IPv4);
        NicRecord host = Store.ReserveNic(Nic(_network) with { IsHost = true }, _network, [IPv4]);

        Assert.Equal(32, host.Leases[0].Address.PrefixLength);
        Assert.Equal(host.Id, Store.GetHostNic(_network.Id)!.Id);
        NetworkUsage usage = Store.GetUsage()[_network.Id];
        Assert.Equal((1, host.Leases[0].Address.Value), (usage.NicCount, Assert.Single(usage.HostAddresses)));
        NetworkException e = Assert.Throws<NetworkException>(
            () => Store.ReserveNic(Nic(_network) with { IsHost = true }, _network, [IPv4]));
        Assert.Equal(NetworkError.HostAccessExists, e.Error);
        Store.ReleaseNic(host.Id);
        Assert.Null(Store.GetHostNic(_network.Id));
    }

    [Fact]
    public void Updating_IsRefusedFromAnotherStateAndWhenReleased()
    {
        NicRecord nic = Reserve(_network, IPv4);

        Assert.False(Store.UpdateNic(Attached(nic), from: NicRecordState.Restoring));
        Assert.Equal(NicRecordState.Reserved, Store.GetNics()[0].State);
        Assert.True(Store.UpdateNic(Attached(nic), from: NicRecordState.Reserved));
        Store.ReleaseNic(nic.Id);
        Assert.False(Store.UpdateNic(Attached(nic)));
        Assert.Empty(Store.GetNics());
    }

    [Fact]
    public void ReservingSeveral_TellsOfThoseThatCannotBeHadAndLeavesNothingOfThem()
    {
        NicDemand Demand(params AddressDemand[] addresses) => new(Nic(_network), _network, addresses);

        IReadOnlyList<NicGrant> grants = Store.ReserveNics(
        [
            Demand(IPv4, IPv6), Demand(Static("10.0.0.9"), Static("fd18::1")), Demand(Static("10.0.0.9")), Demand(IPv4),
        ]);

        Assert.Equal(
            ["10.0.0.2/24 fd18::1/64", "AddressInUse", "10.0.0.9/24", "10.0.0.3/24"],
            grants.Select(static g => g.Refusal?.Error.ToString() ?? string.Join(' ', g.Nic!.Leases.Select(static l => l.Address))));
        Assert.Equal(
            grants.Where(static g => g.Nic is not null).SelectMany(static g => Describe.Lines(g.Nic!)),
            Store.GetNics().SelectMany(static n => Describe.Lines(n)));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void ReservingSeveral_ShowsWhichAreAloneInTheirNamespace()
    {
        NicDemand Demand(ulong inode) => new(Nic(_network) with { Namespace = new(4, inode) }, _network, [IPv4]);
        Store.ReserveNics([Demand(1)]);

        IReadOnlyList<NicGrant> grants = Store.ReserveNics([Demand(1), Demand(2), Demand(3), Demand(2)]);

        // Of two in one reservation, the second has a neighbor.
        Assert.Equal([false, true, true, false], grants.Select(static g => g.IsAlone));
    }

    [Fact]
    public void UpdatingSeveral_TellsOfEach()
    {
        NicRecord[] nics = [Reserve(_network, IPv4), Reserve(_network, IPv4), Reserve(_network, IPv4)];
        Store.ReleaseNic(nics[1].Id);

        IReadOnlySet<string> recorded = Store.UpdateNics([.. nics.Select(Attached)], from: NicRecordState.Reserved);

        Assert.Equal([nics[0].Id, nics[2].Id], recorded);
        Assert.Equal([NicRecordState.Attached, NicRecordState.Attached], Store.GetNics().Select(static n => n.State));
    }

    [Fact]
    public void Updating_IsRefusedWhileAnotherCommandHasIt()
    {
        NicRecord nic = Reserve(_network, IPv4);
        using SqliteStateStore other = State.Open();

        Assert.False(other.UpdateNic(Attached(nic), from: NicRecordState.Reserved));
        Assert.Null(other.TakeNic(nic.Id, NicRecordState.Restoring));
        Assert.Equal(Describe.Lines(nic with { State = NicRecordState.Detaching }), Describe.Lines(other.TakeNic(nic.Id, NicRecordState.Detaching)!));
        Assert.False(Store.UpdateNic(Attached(nic), from: NicRecordState.Reserved));
    }

    [Fact]
    public void Taking_GivesTheNicAsItIsNow()
    {
        NicRecord attached = Attached(Reserve(_network, IPv4));
        Store.UpdateNic(attached);

        Assert.Equal(
            Describe.Lines(attached with { State = NicRecordState.Restoring }),
            Describe.Lines(Store.TakeNic(attached.Id, NicRecordState.Restoring)!));
        Assert.Null(Store.TakeNic("0", NicRecordState.Detaching));
    }

    [Theory]
    [InlineData(NicRecordState.Reserved, true)]
    [InlineData(NicRecordState.Detaching, true)]
    [InlineData(NicRecordState.Restoring, true)]
    [InlineData(NicRecordState.Changing, true)]
    [InlineData(NicRecordState.Attached, false)]
    [InlineData(NicRecordState.Detached, false)]
    public void Nic_InHandsThatDiedIsAbandoned(NicRecordState state, bool isAbandoned)
    {
        NicRecord nic;
        using (SqliteStateStore dead = State.Open())
        {
            nic = dead.ReserveNic(Nic(_network), _network, [IPv4]) with { State = state };
            dead.UpdateNic(nic);
            Assert.Empty(Store.TakeAbandonedNics());
        }

        Assert.Equal(isAbandoned, Store.NeedsRecovery());
        Assert.Equal(isAbandoned ? 1 : 0, Store.GetAbandonedNics().Count);
        Assert.Equal(isAbandoned ? 1 : 0, Store.TakeAbandonedNics().Count);
        // By now it is in this one's hands.
        using SqliteStateStore third = State.Open();
        Assert.Empty(third.TakeAbandonedNics());
        Assert.False(Store.NeedsRecovery());
    }

    [Fact]
    public void Parent_ThatNothingUsesNeedsRecovery()
    {
        ParentLinkRecord lower = new() { Name = "eth0", Kind = new DummyLink(), RemovedWithLastNetwork = true };
        Store.SetParentLink(lower);
        Assert.False(Store.NeedsRecovery());
        Store.SetParentLink(lower with { Name = "eth9" });
        Assert.True(Store.NeedsRecovery());
        Store.SetParentLink(lower with { Name = "eth8", Parent = "eth9", RemovedWithLastNetwork = false });
        Assert.False(Store.NeedsRecovery());
    }

    [Theory]
    [InlineData(NicRecordState.Reserved)]
    [InlineData(NicRecordState.Attached)]
    [InlineData(NicRecordState.Detaching)]
    [InlineData(NicRecordState.Detached)]
    [InlineData(NicRecordState.Restoring)]
    [InlineData(NicRecordState.Changing)]
    public void State_ComesBack(NicRecordState state)
    {
        Store.UpdateNic(Reserve(_network, IPv4) with { State = state });

        Assert.Equal(state, Store.GetNics()[0].State);
    }

    [Fact]
    public void Releasing_ForgetsTheNicAndItsAddresses()
    {
        NicRecord first = Reserve(_network, IPv4, IPv6), second = Reserve(_network, IPv4, IPv6);

        Store.ReleaseNic(first.Id);
        Store.ReleaseNic(first.Id);

        Assert.Equal(second.Id, Assert.Single(Store.GetNics()).Id);
        Assert.Equal(2, State.Count("leases"));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Nics_AreInTheOrderTheyWereMade()
    {
        NicRecord[] made = [.. Enumerable.Range(0, 12).Select(_ => Reserve(_network, IPv4))];
        Store.ReleaseNic(made[3].Id);
        NicRecord late = Store.ReserveNic(Nic(_network) with { Id = "0000000000000000" }, _network, [IPv4]);

        Assert.Equal(
            [.. made.Where(n => n != made[3]).Select(static n => n.Id), late.Id],
            Store.GetNics().Select(static n => n.Id));
    }

    [Fact]
    public void Nics_OfOneNetworkAreFoundAlone()
    {
        NetworkRecord other = Add(Network("net2", Subnet("10.2.0.0/24")));
        NicRecord mine = Reserve(_network, IPv4), theirs = Reserve(other, IPv4);

        Assert.Equal(Describe.Lines(mine), Describe.Lines(Assert.Single(Store.GetNics(_network.Id))));
        Assert.Equal(Describe.Lines(theirs), Describe.Lines(Assert.Single(Store.GetNics(other.Id))));
        Assert.Empty(Store.GetNics(new string('0', 64)));
    }

    [Fact]
    public void Nics_OfAnotherHostAreNotSeen()
    {
        Reserve(_network, IPv4);
        using SqliteStateStore other = State.Open("host2");

        Assert.Empty(other.GetNics());
        Assert.Empty(other.GetUsage());
    }

    [Fact]
    public void Reserving_OnANetworkThatIsGoneIsRefused()
    {
        Store.RemoveNetwork(_network.Id);

        NetworkAssert.Refused(NetworkError.NetworkNotFound, () => Reserve(_network, IPv4), "'net1'");

        Assert.Equal((0, 0, 0), (State.Count("nics"), State.Count("leases"), State.Count("runs")));
    }

    [Fact]
    public void Reserving_WithoutDemandsTakesNoAddress()
    {
        Assert.Empty(Reserve(_network).Leases);
        Assert.Empty(Assert.Single(Store.GetNics()).Leases);
    }

    private static NicRecord Attached(NicRecord nic) => nic with
    {
        State = NicRecordState.Attached, InterfaceName = "eth0", InterfaceIndex = 42, ParentIndex = 2, Mtu = 1400,
        MacAddress = new([2, 0, 0, 0, 0, 1]), NamespaceName = "web9", NamespacePath = "/proc/7/ns/net",
        Namespace = new(5, 6), NamespaceBirth = new("boot", 7), ProcessId = 7, ProcessStart = 8,
        HostAddresses = [AddressValue.Parse("10.0.0.200"), AddressValue.Parse("fd18::200")],
        Container = nic.Container is null ? null : s_successor, Bandwidth = new(Bandwidth.Parse("1Mbit"), null, 3000), Sysctls = [NicSysctl.Parse("net.ipv4.conf.IFNAME.rp_filter=1")],
    };
}
