using MacIpvlan.Linux;

namespace MacIpvlan.Tests.Linux;

/// <summary>What is read and written beside netlink.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("ipv6", "eth0", "accept_ra", "0", "sysctl -w net.ipv6.conf.eth0.accept_ra=0")]
    // A dot separates keys, so that of a name stands as a slash (sysctl(8)).
    [InlineData("ipv4", "eth0.50", "arp_notify", "1", "sysctl -w net.ipv4.conf.eth0/50.arp_notify=1")]
    public void Sysctl_ReadsAsTheCommand(string family, string link, string key, string value, string command) =>
        Assert.Equal(command, Sysctl.Command(family, link, key, value));

    [Fact]
    public void Sysctl_ThatTheKernelLacksIsNotSet()
    {
        Assert.False(Sysctl.TrySet("ipv4", "no-such-link-00", "arp_notify", "1"));
        Assert.False(Sysctl.TrySet("ipv4", "lo", "no_such_setting", "1"));
    }

    [Fact]
    public void WirelessLink_HasAWirelessDevice()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("macipvlan-");
        try
        {
            folder.CreateSubdirectory("wlan0/phy80211");
            folder.CreateSubdirectory("eth0");

            Assert.True(WirelessLink.Is("wlan0", folder.FullName));
            Assert.False(WirelessLink.Is("eth0", folder.FullName));
            Assert.False(WirelessLink.Is("none", folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
