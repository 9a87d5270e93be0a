using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Addresses with the length of their subnet's prefix.</summary>
public sealed class InterfaceAddressTests
{
    [Theory]
    [InlineData("192.168.50.2/24", "192.168.50.2", "192.168.50.0/24")]
    [InlineData("10.0.0.0/31", "10.0.0.0", "10.0.0.0/31")]
    [InlineData("10.0.0.1/32", "10.0.0.1", "10.0.0.1/32")]
    [InlineData("10.0.0.1/0", "10.0.0.1", "0.0.0.0/0")]
    [InlineData("fd18::2/64", "fd18::2", "fd18::/64")]
    [InlineData("fd18::2/128", "fd18::2", "fd18::2/128")]
    public void Parse_KeepsHostBits(string text, string address, string subnet)
    {
        InterfaceAddress value = InterfaceAddress.Parse(text);

        Assert.Equal(text, value.ToString());
        Assert.Equal(IPAddress.Parse(address), value.Address);
        Assert.Equal(subnet, value.Subnet.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.1")]
    [InlineData("10.0.0.1/")]
    [InlineData("/24")]
    [InlineData("10.0.0.1/33")]
    [InlineData("10.0.0.1/-1")]
    [InlineData("10.0.0.1/24/24")]
    [InlineData("10.0.1/24")]
    [InlineData("fd18::1/129")]
    [InlineData("fe80::1%eth0/64")]
    public void Parse_RefusesWhatIsNone(string text) =>
        Assert.Throws<FormatException>(() => InterfaceAddress.Parse(text));
}
