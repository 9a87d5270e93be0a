using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Secrets from which the kernel makes interface identifiers.</summary>
public sealed class StableSecretTests
{
    private static readonly string s_network = new('a', 64);

    [Fact]
    // printf 'MacIpvlan stable_secret\0namespace web1\0eth0' | openssl dgst -sha256 -hmac "$(printf 'a%.0s' $(seq 64))" | sed 's/.*= //' | cut -c 1-32
    public void Derive_IsTheKeyedHash() => Assert.Equal(
        new IPAddress(Convert.FromHexString("ad940d45e0726060aed1dfd0d584010f")).ToString(), StableSecret.Derive(s_network, "namespace web1", "eth0"));

    [Fact]
    public void Derive_DiffersByEachPart()
    {
        string[] secrets =
        [
            StableSecret.Derive(s_network, "namespace web1", "eth0"),
            StableSecret.Derive(new('b', 64), "namespace web1", "eth0"),
            StableSecret.Derive(s_network, "Docker web1", "eth0"),
            StableSecret.Derive(s_network, "namespace web1", "eth1"),
            StableSecret.Derive(s_network, "namespace web1e", "th0"),
        ];

        Assert.Distinct(secrets);
    }

    [Theory]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0005", true)]
    [InlineData("2001:0db8:0000:0000:0000:0000:0000:0006", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsIn_ReadsWhatTheKernelShows(string? setting, bool isIn) => Assert.Equal(isIn, StableSecret.IsIn(setting, "2001:db8::5"));
}
