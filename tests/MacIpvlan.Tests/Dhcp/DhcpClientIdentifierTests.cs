using System.Text;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>The identifier by which servers know a NIC again.</summary>
public sealed class DhcpClientIdentifierTests
{
    // By Python's hmac: HMAC-SHA256 of the names, with the host's identity as its key.
    [Fact]
    public void Identifier_IsWhatAnotherProgramCalculates() =>
        Assert.Equal("ff875c47420004a506caa2ad568f37ad7078f2bb90362f", Convert.ToHexStringLower(Of("host-a", "lan", "web1", "eth0")));

    [Fact]
    public void Identifier_HasTheFormOfTheRfc()
    {
        byte[] identifier = Of("host-a", "lan", "web1", "eth0");
        Assert.Equal(23, identifier.Length);
        // RFC 4361 6.1: type 255, IAID, DUID; RFC 6355: type 4; RFC 9562 5.8: version and variant.
        Assert.Equal((255, 0, 4), (identifier[0], identifier[5], identifier[6]));
        Assert.Equal((8, 2), (identifier[13] >> 4, identifier[15] >> 6));
    }

    [Theory]
    [InlineData("host-b", "lan", "web1", "eth0")]
    [InlineData("host-a", "lan2", "web1", "eth0")]
    [InlineData("host-a", "lan", "web2", "eth0")]
    [InlineData("host-a", "lan", "web1", "eth1")]
    [InlineData("host-a", "web1", "lan", "eth0")]
    [InlineData("host-a", "lane", "web1", "th0")]
    public void Identifier_OfAnotherNicDiffers(string host, string network, string container, string name)
    {
        Assert.Equal(Of("host-a", "lan", "web1", "eth0"), Of("host-a", "lan", "web1", "eth0"));
        Assert.NotEqual(Of("host-a", "lan", "web1", "eth0"), Of(host, network, container, name));
    }

    // The NICs of one container have one DUID, as one host has.
    [Fact]
    public void Duid_IsThatOfTheContainer()
    {
        Assert.Equal(Of("host-a", "lan", "web1", "eth0")[5..], Of("host-a", "dmz", "web1", "eth1")[5..]);
        Assert.NotEqual(Of("host-a", "lan", "web1", "eth0")[5..], Of("host-a", "lan", "web2", "eth0")[5..]);
    }

    private static byte[] Of(string host, string network, string container, string name) =>
        DhcpClientIdentifier.For(Encoding.UTF8.GetBytes(host), network, container, name);
}
