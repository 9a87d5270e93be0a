using System.Text;
using MacIpvlan.Addressing;
using MacIpvlan.Tests.Codec;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>What is read from replies of real servers, and what is refused or left out.</summary>
public sealed class DhcpLeaseTests
{
    [Fact]
    public void Lease_OfDnsmasqIsReadAsItWasConfigured() => Assert.Equal(
        """
        192.168.77.66/24 from 192.168.77.1 for 00:02:00, T1 00:01:00, T2 00:01:45, MTU 1400
        10.0.0.0/8 via 192.168.77.2, 0.0.0.0/0 via 192.168.77.1
        DNS 192.168.77.1 8.8.8.8, NTP 192.168.77.1, broadcast 192.168.77.255
        lan.example.org, search eng.apple.com marketing.apple.com, host web1
        """,
        Describe(Captured("dnsmasq 2.90, DHCPACK")));

    [Fact]
    public void Lease_OfKeaIsReadAsItWasConfigured() => Assert.Equal(
        """
        192.168.77.100/24 from 192.168.77.1 for 00:00:08, T1 00:00:02, T2 00:00:05, MTU 1400
        10.1.2.0/24, 0.0.0.0/0 via 192.168.77.1, 10.9.9.9/32 via 192.168.77.2
        DNS 192.168.77.1, NTP 192.168.77.3, broadcast -
        -, search eng.example.org example.org, host web1
        """,
        Describe(Captured("kea 2.2.0, DHCPACK")));

    // It has options 3 and 33 in place of 121.
    [Fact]
    public void Lease_OfIscIsReadAsItWasConfigured() => Assert.Equal(
        """
        192.168.77.150/24 from 192.168.77.1 for 00:00:12, T1 00:00:03, T2 00:00:07, MTU 1400
        10.0.0.0/8 via 192.168.77.2, 0.0.0.0/0 via 192.168.77.1
        DNS 192.168.77.1, NTP 192.168.77.1, broadcast -
        isc.example.org, search eng.example.org example.org, host -
        """,
        Describe(Captured("isc-dhcp-server 4.4.3-P1, DHCPACK")));

    [Fact]
    public void Lease_OfUdhcpdIsReadAsItWasConfigured() => Assert.Equal(
        """
        192.168.77.207/24 from 192.168.77.1 for 00:02:00, T1 00:01:00, T2 00:01:45, MTU -
        10.0.0.0/8 via 192.168.77.2, 0.0.0.0/0 via 192.168.77.1
        DNS 192.168.77.1 8.8.8.8, NTP , broadcast -
        local, search a.example.org example.org, host -
        """,
        Describe(Captured("udhcpd 1.35.0, DHCPACK")));

    public static TheoryData<string> Replies => [.. Captures.DhcpReplies.Keys];

    [Theory]
    [MemberData(nameof(Replies))]
    public void Lease_IsTheSameWhenItIsStored(string name)
    {
        DhcpLease lease = Captured(name), stored = DhcpLease.FromBytes(lease.ToBytes(), [])!;
        Assert.Equal(lease, stored);
        Assert.Equal(lease.GetHashCode(), stored.GetHashCode());
        Assert.Equal(Describe(lease), Describe(stored));
    }

    [Fact]
    public void StoredLease_ThatWasDamagedIsNone()
    {
        byte[] bytes = new DhcpReply().Lease().ToBytes();
        Assert.Null(DhcpLease.FromBytes([], []));
        Assert.Null(DhcpLease.FromBytes(bytes.AsSpan(0, 250), []));
        bytes[16] = 127;
        Assert.Null(DhcpLease.FromBytes(bytes, []));
    }

    [Theory]
    [InlineData("0.0.0.0", "a host can't have the address 0.0.0.0")]
    [InlineData("0.1.2.3", "a host can't have the address 0.1.2.3")]
    [InlineData("127.0.0.1", "a host can't have the address 127.0.0.1")]
    [InlineData("224.0.0.1", "a host can't have the address 224.0.0.1")]
    [InlineData("240.0.0.1", "a host can't have the address 240.0.0.1")]
    [InlineData("255.255.255.255", "a host can't have the address 255.255.255.255")]
    [InlineData("192.168.50.0", "192.168.50.0/24 is the network or broadcast address of its subnet")]
    [InlineData("192.168.50.255", "192.168.50.255/24 is the network or broadcast address of its subnet")]
    [InlineData("192.168.50.1", "192.168.50.1 is the server's own address")]
    public void Address_ThatAHostCannotHaveIsRefused(string address, string expected)
    {
        Assert.Null(new DhcpReply { Address = AddressValue.Parse(address) }.Lease(out string reason));
        Assert.Equal(expected, reason);
    }

    [Theory]
    [InlineData(DhcpOptionCode.Router, "192.168.50.10")]
    [InlineData(DhcpOptionCode.Router, "192.168.50.1 192.168.50.10")]
    [InlineData(DhcpOptionCode.StaticRoute, "10.0.0.0 192.168.50.10")]
    [InlineData(DhcpOptionCode.ClasslessStaticRoute, "00 c0a8320a")]
    public void Address_OfARouterIsRefused(byte code, string value)
    {
        Assert.Null(new DhcpReply().With(code, value).Lease(out string reason));
        Assert.Equal("192.168.50.10 is a router's address", reason);
    }

    [Theory]
    [InlineData("255.255.255.254", "192.168.50.10", 31)]
    [InlineData("255.255.255.254", "192.168.50.11", 31)]
    [InlineData("255.255.255.255", "192.168.50.255", 32)]
    [InlineData("255.255.255.252", "192.168.50.10", 30)]
    [InlineData("128.0.0.0", "192.168.50.255", 1)]
    public void Address_CanBeTheFirstOrLastWhereASubnetHasNoOthers(string mask, string address, int prefixLength) => Assert.Equal(
        $"{address}/{prefixLength}",
        new DhcpReply { Address = AddressValue.Parse(address) }.With(DhcpOptionCode.SubnetMask, mask).Lease().Address.ToString());

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.0.255.0")]
    [InlineData("0.255.255.255")]
    [InlineData("255.255.255.253")]
    [InlineData("0.0.0.1")]
    public void Mask_WithAHoleIsRefused(string mask)
    {
        Assert.Null(new DhcpReply().With(DhcpOptionCode.SubnetMask, mask).Lease(out string reason));
        Assert.Equal("the subnet mask isn't one", reason);
    }

    // As dhcpcd and systemd do.
    [Theory]
    [InlineData("10.1.2.3", 8)]
    [InlineData("126.0.0.1", 8)]
    [InlineData("128.1.2.3", 16)]
    [InlineData("172.16.2.3", 16)]
    [InlineData("192.0.0.9", 24)]
    [InlineData("223.1.2.3", 24)]
    public void Mask_ThatIsMissingIsThatOfTheClass(string address, int prefixLength) => Assert.Equal(
        prefixLength,
        new DhcpReply { Address = AddressValue.Parse(address) }.Without(DhcpOptionCode.SubnetMask).Lease().Address.PrefixLength);

    [Fact]
    public void Reply_WithoutWhatIsIndispensableIsRefused()
    {
        Assert.Null(new DhcpReply().Without(DhcpOptionCode.ServerIdentifier).Lease(out string server));
        Assert.Equal("the server doesn't identify itself", server);
        Assert.Null(new DhcpReply().With(DhcpOptionCode.ServerIdentifier, "0.0.0.0").Lease(out server));
        Assert.Equal("the server doesn't identify itself", server);
        Assert.Null(new DhcpReply().Without(DhcpOptionCode.LeaseTime).Lease(out string duration));
        Assert.Equal("the lease has no duration", duration);
        Assert.Null(new DhcpReply().With(DhcpOptionCode.LeaseTime, 0).Lease(out duration));
        Assert.Equal("the lease has no duration", duration);
        Assert.Null(new DhcpReply(DhcpMessageType.Nak).Lease(out string nak));
        Assert.Equal("it grants nothing", nak);
    }

    [Theory]
    // Lease time, T1, T2 (0: none); what they are.
    [InlineData(3600, 0, 0, 1800, 3150)]
    [InlineData(3600, 600, 1200, 600, 1200)]
    [InlineData(3600, 3599, 0, 1800, 3150)]
    // Equal, in the wrong order, beyond the end, without an end.
    [InlineData(3600, 600, 600, 1800, 3150)]
    [InlineData(3600, 1200, 600, 1800, 3150)]
    [InlineData(3600, 3600, 3600, 1800, 3150)]
    [InlineData(3600, 7200, 1200, 1800, 3150)]
    [InlineData(3600, 600, 7200, 600, 3150)]
    [InlineData(3600, uint.MaxValue, uint.MaxValue, 1800, 3150)]
    [InlineData(1, 0, 0, 0.5, 0.875)]
    [InlineData(1, 1, 1, 0.5, 0.875)]
    [InlineData(0xfffffffe, 0, 0, 2147483647, 3758096382.25)]
    public void Times_AreAlwaysInOrder(uint lease, uint renewal, uint rebinding, double t1, double t2)
    {
        DhcpReply reply = new DhcpReply().With(DhcpOptionCode.LeaseTime, lease);
        if (renewal > 0) reply.With(DhcpOptionCode.RenewalTime, renewal);
        if (rebinding > 0) reply.With(DhcpOptionCode.RebindingTime, rebinding);

        DhcpLease read = reply.Lease();

        Assert.Equal(
            (lease, t1, t2), (read.Duration!.Value.TotalSeconds, read.RenewAfter!.Value.TotalSeconds, read.RebindAfter!.Value.TotalSeconds));
    }

    [Fact]
    public void Lease_WithoutAnEndHasNoTimes()
    {
        DhcpLease lease = new DhcpReply().With(DhcpOptionCode.LeaseTime, uint.MaxValue)
            .With(DhcpOptionCode.RenewalTime, 60).With(DhcpOptionCode.RebindingTime, 120).Lease();
        Assert.Equal((null, null, null), (lease.Duration, lease.RenewAfter, lease.RebindAfter));
    }

    [Theory]
    [InlineData("0240", 576, 576, 500)]
    [InlineData("05dc", 1500, 1500, 1500)]
    [InlineData("2328", 9000, 1500, 1500)]
    [InlineData("0578", 1400, 1400, 1300)]
    [InlineData("ffff", 65535, 1500, 1500)]
    // Below the minimum, or not a number of two bytes.
    [InlineData("023f", null, 1500, 1500)]
    [InlineData("0000", null, 1500, 1500)]
    [InlineData("05", null, 1500, 1500)]
    [InlineData("000005dc", null, 1500, 1500)]
    public void Mtu_IsNeverAboveTheParentsNorBelowTheMinimum(string hex, int? mtu, int on1500, int onSmaller)
    {
        DhcpLease lease = new DhcpReply().With(DhcpOptionCode.InterfaceMtu, hex).Lease();
        Assert.Equal(mtu, lease.Mtu);
        Assert.Equal(on1500, lease.MtuOn(1500));
        Assert.Equal(onSmaller, lease.MtuOn(onSmaller));
    }

    [Theory]
    [InlineData("192.168.50.255", "192.168.50.255")]
    [InlineData("192.168.50.0", "192.168.50.0")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("192.168.50.10", null)]
    [InlineData("10.0.0.255", null)]
    [InlineData("192.168.50.255 192.168.50.255", null)]
    public void Broadcast_IsOneOfTheSubnet(string value, string? expected) =>
        Assert.Equal(expected, new DhcpReply().With(DhcpOptionCode.BroadcastAddress, value).Lease().Broadcast?.ToString());

    [Fact]
    public void Servers_AreHostsAndFew()
    {
        DhcpLease lease = new DhcpReply()
            .With(DhcpOptionCode.DomainNameServer, "127.0.0.53 192.168.50.2 0.0.0.0 192.168.50.2 224.0.0.251 192.168.50.10")
            .With(DhcpOptionCode.NtpServers, string.Join(' ', Enumerable.Range(1, 60).Select(static i => $"10.0.0.{i}"))).Lease();

        Assert.Equal(["192.168.50.2", "192.168.50.10"], lease.DnsServers.Select(static s => s.ToString()));
        Assert.Equal(16, lease.NtpServers.Count);
        Assert.Empty(new DhcpReply().With(DhcpOptionCode.DomainNameServer, "c0a8320203").Lease().DnsServers);
    }

    [Fact]
    public void OtherOptions_AreThoseThatWereRequested()
    {
        DhcpMessage message = new DhcpReply().With(43, "0102").With(125, "").With(66, "61").Message();
        DhcpLease lease = DhcpLease.FromReply(message, [43, 125, 2], out _)!;
        Assert.Equal("43:0102 125:", string.Join(' ', lease.OtherOptions));
        Assert.Equal(lease, DhcpLease.FromBytes(lease.ToBytes(), [43, 125, 2]));
    }

    [Theory]
    [InlineData(DhcpOptionCode.SubnetMask, "255.255.0.0")]
    [InlineData(DhcpOptionCode.Router, "192.168.50.2")]
    [InlineData(DhcpOptionCode.ServerIdentifier, "192.168.50.2")]
    [InlineData(DhcpOptionCode.DomainNameServer, "192.168.50.2")]
    [InlineData(DhcpOptionCode.NtpServers, "192.168.50.2")]
    [InlineData(DhcpOptionCode.InterfaceMtu, "0578")]
    [InlineData(DhcpOptionCode.DomainName, "6162")]
    [InlineData(DhcpOptionCode.DomainSearch, "02616200")]
    [InlineData(DhcpOptionCode.HostName, "6162")]
    [InlineData(DhcpOptionCode.BroadcastAddress, "192.168.50.255")]
    public void Setting_ThatDiffersIsAChange(byte code, string value)
    {
        DhcpLease before = new DhcpReply().Lease(), after = new DhcpReply().With(code, value).Lease();
        Assert.False(before.IsSameConfiguration(after));
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void Times_ThatDifferAreNoChangeOfSettings()
    {
        DhcpLease before = new DhcpReply().Lease(), after = new DhcpReply().With(DhcpOptionCode.LeaseTime, 60).Lease();
        Assert.True(before.IsSameConfiguration(after));
        Assert.NotEqual(before, after);
    }

    private static DhcpLease Captured(string name)
    {
        Assert.True(DhcpPacket.TryRead(Captures.DhcpReplies[name], hasChecksum: false, out ReadOnlySpan<byte> bytes));
        return DhcpLease.FromReply(DhcpMessage.Parse(bytes, out _)!, [], out _)!;
    }

    private static string Describe(DhcpLease lease) => new StringBuilder()
        .Append($"{lease.Address} from {lease.Server} for {lease.Duration}, T1 {lease.RenewAfter}, T2 {lease.RebindAfter}, MTU {lease.Mtu?.ToString() ?? "-"}\n")
        .AppendJoin(", ", lease.Routes).Append('\n')
        .Append($"DNS {string.Join(' ', lease.DnsServers)}, NTP {string.Join(' ', lease.NtpServers)}, broadcast {lease.Broadcast?.ToString() ?? "-"}\n")
        .Append($"{lease.DomainName ?? "-"}, search {string.Join(' ', lease.SearchDomains)}, host {lease.HostName ?? "-"}")
        .ToString();
}
