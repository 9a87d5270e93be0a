using MacIpvlan.Linux;
using MacIpvlan.State;
using MacIpvlan.Tests.Dhcp;

namespace MacIpvlan.Tests.State;

/// <summary>DHCP leases of NICs: recorded with their deadlines, replaced, and read after a reboot.</summary>
public sealed class LeaseStoreTests : StateTest
{
    private static readonly DhcpLease s_lease = DhcpLease.FromReply(new DhcpReply().Message(), [], out _)!;
    private readonly NetworkRecord _network;

    public LeaseStoreTests() => _network = Add(Network("lan", Subnet("fd18::/64")) with
    {
        Dhcp = new() { Fallback = DhcpFallback.Parse("10.0.9.0/24") },
    });

    [Fact]
    public void Lease_ComesBackWithItsDeadlines()
    {
        NicRecord nic = Take(new DhcpRecord { ClientIdentifier = [255, 1, 2], HostName = "web" });
        Assert.Equal("web", Assert.Single(Store.GetDhcpNics()).Dhcp!.HostName);
        DhcpBinding binding = Bound(DhcpClientState.Renewing);

        Assert.True(Store.SetLease(nic.Id, nic.With(binding).Dhcp!));

        NicRecord read = Assert.Single(Store.GetDhcpNics());
        Assert.Equal(binding, read.Dhcp!.Binding);
        Assert.Equal([255, 1, 2], read.Dhcp.ClientIdentifier);
        Assert.Equal([$"{s_lease.Address} Dhcp", "fd18::1/64 Pool"], read.Leases.Select(static l => $"{l.Address} {l.Source}"));
    }

    [Fact]
    public void Updating_LeavesTheLeaseAsItIs()
    {
        NicRecord nic = Take(new DhcpRecord());
        Store.SetLease(nic.Id, nic.With(Bound()).Dhcp!);

        Store.UpdateNic(nic with { State = NicRecordState.Attached });

        Assert.NotNull(Assert.Single(Store.GetNics()).Dhcp!.Binding);
    }

    [Fact]
    public void Lease_ThatHasEndedIsNoAddress()
    {
        NicRecord nic = Take(new DhcpRecord());
        DhcpBinding ended = Bound() with { ExpiresAt = BootClock.Now - TimeSpan.FromSeconds(1) };

        Store.SetLease(nic.Id, nic.With(ended).Dhcp!);

        NicRecord read = Assert.Single(Store.GetNics());
        Assert.Equal(["fd18::1/64"], read.Leases.Select(static l => $"{l.Address}"));
        Assert.NotNull(read.Dhcp!.Binding);
    }

    [Fact]
    public void Lease_OfAnEarlierBootCountsByTheTimeOfDay()
    {
        NicRecord nic = Take(new DhcpRecord());
        Store.SetLease(nic.Id, nic.With(Bound()).Dhcp!);

        State.Query("UPDATE dhcp_leases SET boot_id = 'earlier', expires_at = expires_at + 5000000", static _ => 0);

        DhcpBinding read = Assert.Single(Store.GetNics()).Dhcp!.Binding!;
        Assert.Equal(DhcpClientState.Rebooting, read.State);
        Assert.InRange((read.ExpiresAt!.Value - BootClock.Now).TotalMinutes, 9, 10.1);
    }

    [Fact]
    public void Lease_WithoutAnEndHasNoDeadlines()
    {
        NicRecord nic = Take(new DhcpRecord());

        Store.SetLease(nic.Id, nic.With(new(s_lease, DhcpClientState.Bound, null, null, null)).Dhcp!);

        Assert.Null(Assert.Single(Store.GetNics()).Dhcp!.Binding!.ExpiresAt);
    }

    [Fact]
    public void Lease_TakesThePlaceOfTheFallback()
    {
        NicRecord nic = Take(new DhcpRecord());
        Store.TakeFallback(nic, _network, [], []);
        Assert.Equal(2, Assert.Single(Store.GetNics()).Leases.Count);

        Store.SetLease(nic.Id, nic.With(Bound()).Dhcp!);

        Assert.Equal([LeaseSource.Dhcp, LeaseSource.Pool], Assert.Single(Store.GetNics()).Leases.Select(static l => l.Source));
        AssertRunsAreTheLeases();
    }

    // The command died before the link had the lease.
    [Fact]
    public void Fallback_StaysUntilItIsFreed()
    {
        NicRecord nic = Take(new DhcpRecord());
        LeaseRecord fallback = Store.TakeFallback(nic, _network, [], []);

        Store.SetLease(nic.Id, nic.With(Bound()).Dhcp!, keepsFallback: true);

        NicRecord read = Assert.Single(Store.GetNics());
        Assert.Equal([LeaseSource.Pool, LeaseSource.Dhcp, LeaseSource.DhcpFallback], read.Leases.Select(static l => l.Source).Order());
        Assert.NotEqual(fallback.Address, Store.TakeFallback(Take(new DhcpRecord()), _network, [], []).Address);
        AssertRunsAreTheLeases();
    }

    [Fact]
    public void Lease_GoesWithTheNic()
    {
        NicRecord nic = Take(new DhcpRecord());

        Store.ReleaseNic(nic.Id);

        Assert.False(Store.SetLease(nic.Id, nic.Dhcp!));
        Assert.Equal(0, State.Count("dhcp_leases"));
    }

    [Theory]
    [InlineData("reply = x'00'", "reply")]
    [InlineData("state = 'Selecting'", "state")]
    [InlineData("options = '300'", "options")]
    [InlineData("client_identifier = 'text'", "client_identifier")]
    public void Nonsense_IsRefused(string change, string column)
    {
        NicRecord nic = Take(new DhcpRecord());
        Store.SetLease(nic.Id, nic.With(Bound()).Dhcp!);
        State.Query($"UPDATE dhcp_leases SET {change}", static _ => 0);

        NetworkAssert.Refused(NetworkError.StateUnavailable, () => Store.GetNics(), column);
    }

    private NicRecord Take(DhcpRecord dhcp) => Store.ReserveNic(Nic(_network) with { Dhcp = dhcp }, _network, [IPv6]);

    private static DhcpBinding Bound(DhcpClientState state = DhcpClientState.Bound)
    {
        // In whole milliseconds, as they are stored.
        TimeSpan now = TimeSpan.FromMilliseconds((long)BootClock.Now.TotalMilliseconds);
        return new(s_lease, state, now + TimeSpan.FromMinutes(5), now + TimeSpan.FromMinutes(8), now + TimeSpan.FromMinutes(10));
    }
}
