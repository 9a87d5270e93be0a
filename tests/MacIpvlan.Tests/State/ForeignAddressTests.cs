using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.State;
using MacIpvlan.State.Sqlite;

namespace MacIpvlan.Tests.State;

/// <summary>Addresses that someone else on the wire has: stepped over for a while, and then forgotten.</summary>
public sealed class ForeignAddressTests : StateTest
{
    private static readonly PhysicalAddress s_mac = new([2, 0, 0, 0, 0, 0x99]);
    private static readonly DateTimeOffset s_later = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);
    private static readonly DateTimeOffset s_past = DateTimeOffset.UtcNow.AddSeconds(-1);

    [Fact]
    public void Foreign_AddressIsNotHandedOut()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1"), Subnet("fd18::/64")));
        GiveUp(Reserve(network, IPv4, IPv6), s_later, "10.0.0.2");

        Assert.Equal("10.0.0.3/24 fd18::1/64", Addresses(network, IPv4, IPv6));
        Assert.Equal((1, 1), (State.Count("nics"), State.Count("foreign_addresses")));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Foreign_AddressOfASharedBookIsNotHandedOutByAnyNetwork()
    {
        NetworkRecord one = Add(Network("one", Subnet("10.0.0.0/24", "10.0.0.1")));
        NetworkRecord two = Add(Network("two", Subnet("10.0.0.0/24", "10.0.0.1")));
        GiveUp(Reserve(one, IPv4), s_later, "10.0.0.2");

        Assert.Equal("10.0.0.3/24", Addresses(two, IPv4));
    }

    [Fact]
    public void Foreign_AddressIsForgottenWhenItsTimeIsUp()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        GiveUp(Reserve(network, IPv4), s_past, "10.0.0.2");
        Assert.Equal(1, State.Count("foreign_addresses"));

        Assert.Equal("10.0.0.2/24", Addresses(network, IPv4));
        Assert.Equal(0, State.Count("foreign_addresses"));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Foreign_AddressIsGivenToWhoAsksForIt()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        GiveUp(Reserve(network, IPv4), s_later, "10.0.0.2");

        NicRecord nic = Reserve(network, Static("10.0.0.2"));

        Assert.Equal("10.0.0.2/24", $"{nic.Leases[0].Address}");
        Assert.Equal(0, State.Count("foreign_addresses"));
        AssertRunsAreTheLeases();
        // Found to be another's once more.
        GiveUp(nic, s_later, "10.0.0.2");
        Assert.Equal("10.0.0.3/24", Addresses(network, IPv4));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Foreign_AddressStaysOneWhenTheRequestForItFails()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1"), Subnet("10.0.1.0/24", "10.0.1.1")));
        GiveUp(Reserve(network, IPv4), s_later, "10.0.0.2");

        Assert.Throws<NetworkException>(() => Reserve(network, Static("10.0.0.2"), Static("10.0.2.1")));

        Assert.Equal(1, State.Count("foreign_addresses"));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Marking_KnowsOnlyTheAddressesOfTheNic()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        NicRecord nic = Reserve(network, IPv4);

        GiveUp(nic, s_later, "10.0.0.77");
        // Released by another command meanwhile.
        GiveUp(nic, s_later, "10.0.0.2");

        Assert.Equal(0, State.Count("foreign_addresses"));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Usage_TellsWhoHasItAndCountsItAsNeitherInUseNorFree()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/29", "10.0.0.1"), Subnet("fd18::/64")));
        NicRecord first = Reserve(network, IPv4), second = Reserve(network, IPv4, IPv6);
        GiveUp(first, s_later, "10.0.0.2");
        GiveUp(second, s_past, "10.0.0.3");
        Reserve(network, Static("10.0.0.6"));
        GiveUp(Reserve(network, IPv4), s_past, "10.0.0.3");

        SubnetUsage usage = Store.GetUsage()[network.Id].Subnets[0];

        Assert.Equal((5, 1, 3), ((int)usage.Size, (int)usage.InUse, (int)usage.Free));
        ForeignAddress foreign = Assert.Single(usage.Foreign);
        Assert.Equal((AddressValue.Parse("10.0.0.2"), s_mac), (foreign.Address, foreign.MacAddress));
        Assert.InRange(foreign.Until, s_later.AddMinutes(-1), s_later.AddMinutes(1));
        Assert.Empty(Store.GetUsage()[network.Id].Subnets[1].Foreign);
    }

    [Theory]
    [InlineData(-365 * 24)]
    [InlineData(-2)]
    [InlineData(2)]
    [InlineData(365 * 24)]
    public void Foreign_AddressIsForgottenAfterAnHourThoughTheTimeOfDayIsSet(int hours)
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        SetClock clock = new();
        using SqliteStateStore store = State.Open(clock: clock);
        GiveUp(Reserve(network, IPv4), clock.GetUtcNow().AddHours(1), "10.0.0.2", store);

        clock.Set(TimeSpan.FromHours(hours));

        Assert.Equal(clock.GetUtcNow().AddHours(1), Assert.Single(Foreign(store)).Until);
        clock.Pass(TimeSpan.FromMinutes(59));
        Assert.Single(Foreign(store));
        clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Empty(Foreign(store));
        store.ReserveNic(Nic(network), network, [IPv4]);
        Assert.Equal(0, State.Count("foreign_addresses"));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Foreign_AddressOfAnEarlierBootIsForgotten()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        GiveUp(Reserve(network, IPv4), s_later, "10.0.0.2");
        State.Query("UPDATE foreign_addresses SET boot_id = 'an earlier one'", static _ => 0);

        Assert.Empty(Foreign(Store));
        Assert.Equal("10.0.0.2/24", Addresses(network, IPv4));
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Network_ThatIsRemovedTakesThemAlong()
    {
        NetworkRecord network = Add(Network("net1", Subnet("10.0.0.0/24", "10.0.0.1")));
        GiveUp(Reserve(network, IPv4), s_later, "10.0.0.2");

        Store.RemoveNetwork(network.Id);

        Assert.Equal((0, 0, 0), (State.Count("pools"), State.Count("runs"), State.Count("foreign_addresses")));
    }

    private static IReadOnlyList<ForeignAddress> Foreign(SqliteStateStore store) => store.GetUsage().Values.Single().Subnets[0].Foreign;

    private void GiveUp(NicRecord nic, DateTimeOffset until, string address, SqliteStateStore? store = null) =>
        (store ?? Store).ReleaseNic(nic.Id, [new ForeignAddress(AddressValue.Parse(address), s_mac, until)]);

    // A clock whose time of day can be set while the time since boot goes on.
    private sealed class SetClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
        private TimeSpan _sinceBoot = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _sinceBoot.Ticks;

        public void Set(TimeSpan change) => _now += change;

        public void Pass(TimeSpan time) => (_now, _sinceBoot) = (_now + time, _sinceBoot + time);
    }
}
