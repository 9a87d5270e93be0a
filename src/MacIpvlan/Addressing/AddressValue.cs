using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>An IPv4 or IPv6 address as a number, so that ranges and subnets are plain arithmetic.</summary>
/// <param name="Family"><see cref="AddressFamily.InterNetwork"/> or <see cref="AddressFamily.InterNetworkV6"/>.</param>
/// <param name="Number">The address in host byte order: 32 bits for IPv4, 128 bits for IPv6.</param>
public readonly record struct AddressValue(AddressFamily Family, UInt128 Number)
{
    private readonly string? _typed;

    /// <summary>The address in host byte order: 32 bits for IPv4, 128 bits for IPv6.</summary>
    // A copy with another number is no longer what was typed.
    public UInt128 Number
    {
        get;
        init => (field, _typed) = (value, null);
    } = Number;

    /// <summary>The text that it was parsed from, for messages; its usual notation if it wasn't parsed.</summary>
    internal string Typed
    {
        get => _typed ?? ToString();
        init => _typed = value;
    }

    /// <summary>Whether both are the same address.</summary>
    public bool Equals(AddressValue other) => Family == other.Family && Number == other.Number;

    /// <summary>The hash code of the address.</summary>
    public override int GetHashCode() => HashCode.Combine(Family, Number);

    /// <summary>The width of an address of this family: 32 or 128 bits.</summary>
    public int Bits => BitsOf(Family);

    /// <summary>Whether it's a link-local address: fe80::/10 (RFC 4291 2.5.6) or 169.254.0.0/16 (RFC 3927).</summary>
    internal bool IsLinkLocal => Family == AddressFamily.InterNetworkV6 ? Number >> 118 == 0x3fa : Number >> 16 == 0xa9fe;

    /// <summary>The 4 or 16 bytes of the address in network byte order.</summary>
    public byte[] ToBytes()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Number);
        return Family == AddressFamily.InterNetwork ? bytes[12..].ToArray() : bytes.ToArray();
    }

    /// <summary>The address as .NET's type.</summary>
    public IPAddress ToIPAddress() => new(ToBytes());

    /// <summary>Creates a value from 4 or 16 bytes in network byte order.</summary>
    public static AddressValue FromBytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> wide = stackalloc byte[16];
        wide.Clear();
        bytes.CopyTo(wide[(16 - bytes.Length)..]);
        return new(bytes.Length == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6,
            BinaryPrimitives.ReadUInt128BigEndian(wide));
    }

    /// <summary>Converts .NET's type; a scope id is ignored.</summary>
    public static AddressValue From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return FromBytes(bytes[..length]);
    }

    /// <summary>Converts .NET's type, so that parameters accept it.</summary>
    /// <exception cref="FormatException">The address has a scope id.</exception>
    public static explicit operator AddressValue(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0
            ? throw new FormatException($"'{address}' has a scope id, which names a link of this host. Omit it.")
            : From(address);

    /// <summary>
    /// Parses an address: IPv4 in four decimal parts (RFC 6943 3.1.1, strict), IPv6 by RFC 4291 without a zone.
    /// </summary>
    /// <exception cref="FormatException">The text isn't such an address.</exception>
    public static AddressValue Parse(string text) => TryParse(text, out AddressValue value)
        ? value
        : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address.");

    /// <summary>Parses an address as <see cref="Parse"/> does.</summary>
    public static bool TryParse(string text, out AddressValue value)
    {
        value = default;
        // .NET reads '10.1' as 10.0.0.1 and '010' as octal; here, both are typing errors.
        string tail = text[(text.LastIndexOf(':') + 1)..];
        bool plausible = text.Contains(':')
            ? !text.Contains('%') && !text.Contains('[') && (!tail.Contains('.') || IsDottedQuad(tail))
            : IsDottedQuad(text);
        if (!plausible || !IPAddress.TryParse(text, out IPAddress? address)) return false;
        value = From(address) with { Typed = text };
        return true;
    }

    /// <summary>The address in its usual notation (RFC 5952 for IPv6).</summary>
    public override string ToString() => ToIPAddress().ToString();

    internal static int BitsOf(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;

    private static bool IsDottedQuad(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(static p =>
            byte.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (p.Length == 1 || p[0] != '0'));
    }
}
