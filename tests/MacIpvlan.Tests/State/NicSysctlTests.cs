namespace MacIpvlan.Tests.State;

/// <summary>Which sysctls NICs can have, and how they are written.</summary>
public sealed class NicSysctlTests
{
    [Theory]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=2", "net.ipv4.conf.IFNAME.rp_filter=2")]
    [InlineData("net/ipv4/conf/IFNAME/rp_filter=02", "net.ipv4.conf.IFNAME.rp_filter=2")]
    [InlineData(" net.ipv6.neigh.IFNAME.base_reachable_time_ms = 30000 ", "net.ipv6.neigh.IFNAME.base_reachable_time_ms=30000")]
    [InlineData("net.ipv4.neigh.IFNAME.unres_qlen_bytes=4294967295", "net.ipv4.neigh.IFNAME.unres_qlen_bytes=4294967295")]
    [InlineData("net.ipv6.conf.IFNAME.hop_limit=-2147483648", "net.ipv6.conf.IFNAME.hop_limit=-2147483648")]
    [InlineData("net.ipv4.conf.IFNAME.tag=-0", "net.ipv4.conf.IFNAME.tag=0")]
    public void Sysctl_IsWrittenInOneWay(string text, string written)
    {
        Assert.Equal(written, NicSysctl.Parse(text).ToString());
        Assert.Equal(NicSysctl.Parse(written), NicSysctl.Parse(text));
    }

    [Theory]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter", "the value is missing")]
    [InlineData("", "the value is missing")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=", "isn't a whole number")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=two", "isn't a whole number")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=2.5", "isn't a whole number")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=0x2", "isn't a whole number")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=1,000", "isn't a whole number")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=1\n2", "isn't a whole number")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=4294967296", "isn't a whole number")]
    [InlineData("net.ipv4.conf.IFNAME.rp_filter=-2147483649", "isn't a whole number")]
    [InlineData("kernel.hostname=1", "only settings under net")]
    [InlineData("net.core.somaxconn=1", "IFNAME")]
    [InlineData("net.ipv4.ip_forward=1", "IFNAME")]
    [InlineData("net.ipv4.conf.eth0.rp_filter=1", "IFNAME")]
    [InlineData("net.ipv4.conf.all.rp_filter=1", "IFNAME")]
    [InlineData("net.ipv4.conf.default.rp_filter=1", "IFNAME")]
    [InlineData("net.ipv4.conf.ifname.rp_filter=1", "IFNAME")]
    [InlineData("net.ipv4.conf.eth0.50.rp_filter=1", "IFNAME")]
    [InlineData("net.ipv4/conf/IFNAME/rp_filter=1", "only settings under net")]
    [InlineData("net/ipv4/conf/IFNAME/../all=1", "IFNAME")]
    [InlineData("net/ipv4/conf/IFNAME/..=1", "lower-case letters")]
    [InlineData("net.ipv4.conf.IFNAME.=1", "lower-case letters")]
    [InlineData("net.ipv4.conf.IFNAME.RP_FILTER=1", "lower-case letters")]
    [InlineData("net.mpls.conf.IFNAME.input=1", "only ipv4.conf, ipv4.neigh, ipv6.conf, ipv6.neigh")]
    [InlineData("net.ipv5.conf.IFNAME.rp_filter=1", "only ipv4.conf")]
    [InlineData("net.ipv6.conf.IFNAME.accept_ra=2", "use -RouterAdvertisement")]
    [InlineData("net.ipv6.conf.IFNAME.autoconf=2", "use -RouterAdvertisement")]
    [InlineData("net.ipv6.conf.IFNAME.disable_ipv6=1", "-RouterAdvertisement")]
    [InlineData("net/ipv6/conf/IFNAME/addr_gen_mode=1", "use -InterfaceIdentifier")]
    [InlineData("net.ipv6.conf.IFNAME.stable_secret=1", "use -InterfaceIdentifier")]
    [InlineData("net.ipv6.conf.IFNAME.mtu=1400", "use -Mtu")]
    [InlineData("net.ipv6.conf.IFNAME.ndisc_notify=1", "-AnnounceCount")]
    [InlineData("net.ipv4.conf.IFNAME.arp_notify=1", "-AnnounceCount")]
    public void Sysctl_ThatNicsCannotHaveIsRefusedWithTheReason(string text, string words)
    {
        string message = Assert.Throws<FormatException>(() => NicSysctl.Parse(text)).Message;

        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_OfOthersIsShownShortAndClean()
    {
        string message = Assert.Throws<FormatException>(static () => NicSysctl.Parse($"net.\u001b[2J{new string('x', 5000)}=1")).Message;

        Assert.True(message.Length < 400);
        Assert.DoesNotContain('\u001b', message);
    }
}
