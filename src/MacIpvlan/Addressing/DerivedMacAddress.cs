using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Text;

namespace MacIpvlan.Addressing;

/// <summary>
/// Derives MAC addresses from network and IP address, so that a reused IP address gets the same MAC address.
/// </summary>
public static class DerivedMacAddress
{
    private const ulong OffsetBasis = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;

    /// <summary>
    /// A locally administered unicast MAC address (IEEE 802, bits 1 and 0 of the first byte): 46 bits of a hash of the
    /// network's id and the seed.
    /// </summary>
    /// <param name="networkId">The network's id.</param>
    /// <param name="seed">The NIC's first address, or its id if it has no address.</param>
    public static PhysicalAddress From(string networkId, string seed)
    {
        // FNV-1a, folded to 48 bits. Nothing depends on secrecy, and .NET's SHA-256 would load OpenSSL first.
        ulong hash = OffsetBasis;
        foreach (byte value in Encoding.UTF8.GetBytes($"{networkId} {seed}")) hash = unchecked((hash ^ value) * Prime);
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, hash ^ (hash >> 48));
        byte[] mac = bytes[2..].ToArray();
        mac[0] = (byte)((mac[0] & 0xfc) | 0x02);
        return new PhysicalAddress(mac);
    }
}
