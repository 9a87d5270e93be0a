namespace MacIpvlan.Addressing;

/// <summary>The header of an IPv4 packet (RFC 791).</summary>
internal static class IPv4Header
{
    /// <summary>The size of a header without options, in bytes.</summary>
    public const int Size = 20;

    /// <summary>Finds what follows the header and its options.</summary>
    /// <param name="packet">The packet, which isn't trusted.</param>
    /// <param name="protocol">The protocol that it must have.</param>
    /// <param name="payload">All that follows, padding included.</param>
    /// <returns>False if it is another packet or malformed.</returns>
    public static bool TrySkip(ReadOnlySpan<byte> packet, byte protocol, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (packet.Length < Size || packet[0] >> 4 != 4 || packet[9] != protocol) return false;
        int size = (packet[0] & 0xf) * 4;
        if (size < Size || size > packet.Length) return false;
        payload = packet[size..];
        return true;
    }
}
