using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>
/// How a NIC makes the interface identifier of the addresses that it configures from router advertisements: the lower 64
/// bits (RFC 4291 2.5.1, RFC 4862 5.5.3).
/// </summary>
public sealed record InterfaceIdentifier
{
    private const int PrefixLength = 64;

    private readonly string _text;

    private InterfaceIdentifier(string text, AddressValue? token = null) => (_text, Token) = (text, token);

    /// <summary>From the MAC address (RFC 4291 appendix A).</summary>
    public static InterfaceIdentifier Eui64 { get; } = new(nameof(Eui64));

    /// <summary>
    /// From a secret and the prefix (RFC 7217), so that addresses in different subnets have nothing in common.
    /// </summary>
    public static InterfaceIdentifier StablePrivacy { get; } = new(nameof(StablePrivacy));

    /// <summary>The identifier itself, as an address whose upper 64 bits are zero; null if it isn't fixed.</summary>
    public AddressValue? Token { get; }

    /// <summary>Parses Eui64 or StablePrivacy, regardless of case, or a token such as ::1234.</summary>
    /// <exception cref="FormatException">The text isn't in one of these forms.</exception>
    public static InterfaceIdentifier Parse(string text)
    {
        string word = text.Trim();
        foreach (InterfaceIdentifier way in (InterfaceIdentifier[])[Eui64, StablePrivacy])
        {
            if (word.Equals(way._text, StringComparison.OrdinalIgnoreCase)) return way;
        }

        if (!AddressValue.TryParse(word, out AddressValue? token) || token.Family != AddressFamily.InterNetworkV6) throw Unreadable(text, "it isn't an IPv6 address");
        if (!token.Lowest(PrefixLength).IsUnspecified) throw Unreadable(text, "its upper 64 bits, which come from the router, aren't zero");
        // With it, an address would be that of all routers of the subnet (RFC 4291 2.6.1).
        if (token.IsUnspecified) throw Unreadable(text, "its lower 64 bits are zero");
        return new(token.ToString(), token);
    }

    /// <summary>Eui64, StablePrivacy, or the token as an address.</summary>
    public override string ToString() => _text;

    private static FormatException Unreadable(string text, string reason) => new(
        $"'{text}' isn't an interface identifier: {reason}. Specify Eui64, StablePrivacy, or a token such as ::1234.");
}
