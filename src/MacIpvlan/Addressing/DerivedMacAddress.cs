using System.Net.NetworkInformation;
using System.Security.Cryptography;
using System.Text;

namespace MacIpvlan.Addressing;

/// <summary>
/// Derives MAC addresses from network and IP address, so that a reused IP address gets the same MAC address.
/// </summary>
public static class DerivedMacAddress
{
    /// <summary>
    /// A locally administered unicast MAC address (IEEE 802, bits 1 and 0 of the first byte): 46 bits of a hash of the
    /// network's id and the seed.
    /// </summary>
    /// <param name="networkId">The network's id.</param>
    /// <param name="seed">The NIC's first address, or its id if it has no address.</param>
    public static PhysicalAddress From(string networkId, string seed)
    {
        byte[] mac = SHA256.HashData(Encoding.UTF8.GetBytes($"{networkId} {seed}"))[..6];
        mac[0] = (byte)((mac[0] & 0xfc) | 0x02);
        return new PhysicalAddress(mac);
    }
}
