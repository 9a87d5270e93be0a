using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;

namespace MacIpvlan.Addressing;

/// <summary>MAC addresses that follow from network and address, so that an address that comes back has its MAC again.</summary>
public static class DerivedMacAddress
{
    /// <summary>
    /// A locally administered unicast MAC (IEEE 802, bits 1 and 0 of the first byte): 46 bits of a hash over the
    /// network's id and what tells its NICs apart.
    /// </summary>
    /// <param name="networkId">The network's id.</param>
    /// <param name="seed">The NIC's first address, or its id when it has none.</param>
    public static PhysicalAddress From(string networkId, string seed)
    {
        byte[] mac = SHA256.HashData(Encoding.UTF8.GetBytes($"{networkId} {seed}"))[..6];
        mac[0] = (byte)((mac[0] & 0xfc) | 0x02);
        return new PhysicalAddress(mac);
    }
}
