using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace MacIpvlan.Addressing;

/// <summary>
/// An IPv4 or IPv6 address as a number, so that ranges and subnets are plain arithmetic. IPv4 addresses precede IPv6
/// addresses in the order.
/// </summary>
// Not .NET's UInt128: its methods are never compiled ahead of time. Not a struct: neither are collections of our own structs.
public sealed class AddressValue : IEquatable<AddressValue>, IComparable<AddressValue>
{
    /// <summary>Both families.</summary>
    internal static AddressFamily[] Families { get; } = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly string? _typed;

    private AddressValue(AddressFamily family, ulong high, ulong low, string? typed = null) =>
        (Family, _high, _low, _typed) = (family, high, low, typed);

    /// <summary><see cref="AddressFamily.InterNetwork"/> or <see cref="AddressFamily.InterNetworkV6"/>.</summary>
    public AddressFamily Family { get; }

    /// <summary>The text that it was parsed from, for messages; its usual notation if it wasn't parsed.</summary>
    internal string Typed => _typed ?? ToString();

    /// <summary>The width of an address of this family: 32 or 128 bits.</summary>
    public int Bits => BitsOf(Family);

    /// <summary>Whether it's a link-local address: fe80::/10 (RFC 4291 2.5.6) or 169.254.0.0/16 (RFC 3927).</summary>
    internal bool IsLinkLocal => Family == AddressFamily.InterNetworkV6 ? _high >> 54 == 0x3fa : _low >> 16 == 0xa9fe;

    /// <summary>Whether it is 0.0.0.0 or ::, which is no host's.</summary>
    internal bool IsUnspecified => _high == 0 && _low == 0;

    /// <summary>The next address; null after the highest address of the family.</summary>
    public AddressValue? Next() => this == Highest(0) ? null
        : new(Family, _low == ulong.MaxValue ? _high + 1 : _high, unchecked(_low + 1));

    /// <summary>The previous address; null before 0.0.0.0 or ::.</summary>
    public AddressValue? Previous() => IsUnspecified ? null
        : new(Family, _low == 0 ? _high - 1 : _high, unchecked(_low - 1));

    /// <summary>The lowest address of the subnet that contains this one: all host bits are 0.</summary>
    /// <param name="prefixLength">The prefix length, 0 to 32 or 0 to 128.</param>
    public AddressValue Lowest(int prefixLength)
    {
        (ulong high, ulong low) = HostBits(prefixLength);
        return new(Family, _high & ~high, _low & ~low);
    }

    /// <summary>The highest address of the subnet that contains this one: all host bits are 1.</summary>
    /// <param name="prefixLength">The prefix length, 0 to 32 or 0 to 128.</param>
    public AddressValue Highest(int prefixLength)
    {
        (ulong high, ulong low) = HostBits(prefixLength);
        return new(Family, _high | high, _low | low);
    }

    /// <summary>The number of leading bits that two addresses of one family share: 0 to 32, or 0 to 128.</summary>
    public int CommonBits(AddressValue other)
    {
        ulong high = _high ^ other._high;
        int common = high != 0 ? BitOperations.LeadingZeroCount(high) : 64 + BitOperations.LeadingZeroCount(_low ^ other._low);
        return common - (128 - Bits);
    }

    /// <summary>How far another address of the family is above this one; negative if it is below.</summary>
    public BigInteger DistanceTo(AddressValue other) => other.Number - Number;

    private BigInteger Number => (new BigInteger(_high) << 64) + _low;

    /// <summary>The 4 or 16 bytes of the address in network byte order.</summary>
    public byte[] ToBytes()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
        return Family == AddressFamily.InterNetwork ? bytes[12..].ToArray() : bytes.ToArray();
    }

    /// <summary>The address as .NET's type.</summary>
    public IPAddress ToIPAddress() => new(ToBytes());

    /// <summary>0.0.0.0 or ::.</summary>
    public static AddressValue Unspecified(AddressFamily family) => new(family, 0, 0);

    /// <summary>Creates a value from 4 or 16 bytes in network byte order.</summary>
    public static AddressValue FromBytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> wide = stackalloc byte[16];
        wide.Clear();
        bytes.CopyTo(wide[(16 - bytes.Length)..]);
        return new(bytes.Length == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6,
            BinaryPrimitives.ReadUInt64BigEndian(wide), BinaryPrimitives.ReadUInt64BigEndian(wide[8..]));
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
    public static AddressValue Parse(string text) => TryParse(text, out AddressValue? value)
        ? value
        : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address.");

    /// <summary>Parses an address as <see cref="Parse"/> does.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressValue? value)
    {
        value = null;
        if (!text.Contains(':'))
        {
            if (TryParseQuad(text, out uint number)) value = new(AddressFamily.InterNetwork, 0, number, text);
            return value is not null;
        }

        string tail = text[(text.LastIndexOf(':') + 1)..];
        bool plausible = !text.Contains('%') && !text.Contains('[') && (!tail.Contains('.') || TryParseQuad(tail, out _));
        if (!plausible || !IPAddress.TryParse(text, out IPAddress? address)) return false;
        AddressValue parsed = From(address);
        value = new(parsed.Family, parsed._high, parsed._low, text);
        return true;
    }

    /// <summary>Whether both are the same address.</summary>
    public bool Equals(AddressValue? other) =>
        other is not null && Family == other.Family && _high == other._high && _low == other._low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AddressValue);

    /// <summary>The hash code of the address.</summary>
    public override int GetHashCode() => HashCode.Combine((int)Family, _high, _low);

    /// <summary>Compares the families, then the numbers.</summary>
    public int CompareTo(AddressValue? other)
    {
        if (other is null) return 1;
        if (Family != other.Family) return Bits.CompareTo(other.Bits);
        return _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);
    }

    /// <summary>Whether both are the same address.</summary>
    public static bool operator ==(AddressValue? left, AddressValue? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(AddressValue? left, AddressValue? right) => !(left == right);

    /// <summary>Whether the left one precedes the right one.</summary>
    public static bool operator <(AddressValue left, AddressValue right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one follows the right one.</summary>
    public static bool operator >(AddressValue left, AddressValue right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one doesn't follow the right one.</summary>
    public static bool operator <=(AddressValue left, AddressValue right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one doesn't precede the right one.</summary>
    public static bool operator >=(AddressValue left, AddressValue right) => left.CompareTo(right) >= 0;

    /// <summary>The address in its usual notation (RFC 5952 for IPv6).</summary>
    public override string ToString() => Family == AddressFamily.InterNetwork
        ? string.Create(CultureInfo.InvariantCulture, $"{(byte)(_low >> 24)}.{(byte)(_low >> 16)}.{(byte)(_low >> 8)}.{(byte)_low}")
        : ToIPAddress().ToString();

    internal static AddressValue Lower(AddressValue left, AddressValue right) => left < right ? left : right;

    internal static AddressValue Upper(AddressValue left, AddressValue right) => left > right ? left : right;

    internal static int BitsOf(AddressFamily family) => family == AddressFamily.InterNetwork ? 32 : 128;

    // The mask of the host bits.
    private (ulong High, ulong Low) HostBits(int prefixLength)
    {
        int bits = Bits - prefixLength;
        return (Mask(bits - 64), Mask(bits));

        // A shift by 64 bits would shift by 0 bits.
        static ulong Mask(int count) => count >= 64 ? ulong.MaxValue : count <= 0 ? 0 : (1UL << count) - 1;
    }

    // .NET reads '10.1' as 10.0.0.1 and '010' as octal; here, both are typing errors.
    private static bool TryParseQuad(string text, out uint number)
    {
        number = 0;
        string[] parts = text.Split('.');
        if (parts.Length != 4) return false;
        foreach (string part in parts)
        {
            bool isByte = byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte value);
            if (!isByte || (part.Length > 1 && part[0] == '0')) return false;
            number = (number << 8) | value;
        }

        return true;
    }
}
