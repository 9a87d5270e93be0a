using System.Security.Cryptography;
using System.Text;

namespace MacIpvlan.Addressing;

/// <summary>
/// A hash of names under a key (HMAC-SHA-256, RFC 2104): the same each time, and nothing about the key or other names can be
/// found out from it.
/// </summary>
internal static class KeyedHash
{
    /// <summary>The hash of names, 32 bytes.</summary>
    /// <param name="key">The key.</param>
    /// <param name="names">What the hash is for, then the names. They have no zero byte, so different names never make the same text.</param>
    public static byte[] Of(ReadOnlySpan<byte> key, params ReadOnlySpan<string> names) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Join('\0', names)));
}
