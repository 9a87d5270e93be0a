using System.Globalization;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>MAC addresses that come back with their address.</summary>
public sealed class DerivedMacAddressTests
{
    private const string NetworkId = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    [Fact]
    public void SameNetworkAndAddress_HaveTheSameMac() =>
        Assert.Equal(DerivedMacAddress.From(NetworkId, "10.0.0.2"), DerivedMacAddress.From(NetworkId, "10.0.0.2"));

    [Fact]
    public void Mac_StaysTheSameFromVersionToVersion() =>
        // FNV-1a of id, space and address, its upper 16 bits folded into the lower 48, with the two bits set, computed
        // elsewhere: NICs keep theirs over updates.
        Assert.Equal(PhysicalAddress.Parse("DA974EBADD5E"), DerivedMacAddress.From(NetworkId, "10.0.0.2"));

    [Fact]
    public void AnotherAddressOrNetwork_HasAnotherMac()
    {
        PhysicalAddress mac = DerivedMacAddress.From(NetworkId, "10.0.0.2");

        Assert.NotEqual(mac, DerivedMacAddress.From(NetworkId, "10.0.0.3"));
        Assert.NotEqual(mac, DerivedMacAddress.From(NetworkId[1..] + "0", "10.0.0.2"));
    }

    [Fact]
    public void Macs_AreLocalUnicastAndAllDifferent()
    {
        HashSet<PhysicalAddress> macs = [];
        for (int i = 0; i < 5000; i++)
        {
            PhysicalAddress mac = DerivedMacAddress.From(NetworkId, i.ToString(CultureInfo.InvariantCulture));

            Assert.Equal(6, mac.GetAddressBytes().Length);
            Assert.Equal(0x02, mac.GetAddressBytes()[0] & 0x03);
            Assert.True(macs.Add(mac), $"{mac} came twice.");
        }
    }
}
