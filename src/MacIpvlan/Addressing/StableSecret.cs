using System.Net;
using System.Text;

namespace MacIpvlan.Addressing;

/// <summary>
/// The secret from which the kernel makes stable, opaque interface identifiers (RFC 7217 5). It isn't stored: a NIC that is
/// restored, and one of a container made anew under its name, has the same secret, and so the same addresses.
/// </summary>
public static class StableSecret
{
    private const int Size = 16;

    /// <summary>
    /// Derives the secret of a NIC. Root of a container can read that of its own NIC, so it's a keyed hash: it says
    /// nothing about those of other NICs.
    /// </summary>
    /// <param name="networkId">The network's id, of which containers see only the first digits.</param>
    /// <param name="place">What the NIC belongs to, such as its container; no text that another one has.</param>
    /// <param name="interfaceName">The interface's name there.</param>
    /// <returns>128 bits, in the notation of the kernel's setting: an IPv6 address.</returns>
    public static string Derive(string networkId, string place, string interfaceName) =>
        Format(KeyedHash.Of(Encoding.ASCII.GetBytes(networkId), "MacIpvlan stable_secret", place, interfaceName).AsSpan(0, Size));

    /// <summary>Whether the kernel's setting has a secret.</summary>
    /// <param name="setting">The setting as the kernel shows it; null if it's empty.</param>
    /// <param name="secret">The secret.</param>
    public static bool IsIn(string? setting, string secret) =>
        IPAddress.TryParse(setting, out IPAddress? actual) && Format(actual.GetAddressBytes()) == secret;

    private static string Format(ReadOnlySpan<byte> bytes) => new IPAddress(bytes).ToString();
}
