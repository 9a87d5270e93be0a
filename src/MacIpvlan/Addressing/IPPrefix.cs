using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace MacIpvlan.Addressing;

/// <summary>A subnet, such as 192.168.50.0/24 or fd18::/64. Host bits are always zero.</summary>
public sealed record IPPrefix : IComparable<IPPrefix>
{
    private readonly string? _typed;

    private IPPrefix(AddressValue first, int prefixLength) => (First, PrefixLength) = (first, prefixLength);

    /// <summary>The text that it was parsed from, for messages; its usual notation if it wasn't parsed.</summary>
    internal string Typed
    {
        get => _typed ?? ToString();
        init => _typed = value;
    }

    /// <summary>Whether both have the same addresses.</summary>
    public bool Equals(IPPrefix? other) => other is not null && First == other.First && PrefixLength == other.PrefixLength;

    /// <summary>The hash code of its addresses.</summary>
    public override int GetHashCode() => HashCode.Combine(First, PrefixLength);

    /// <summary>The lowest address: the network address.</summary>
    public AddressValue First { get; }

    /// <summary>The number of leading bits that all addresses share: 0 to 32, or 0 to 128.</summary>
    public int PrefixLength { get; }

    /// <summary>The highest address.</summary>
    public AddressValue Last => First.Highest(PrefixLength);

    /// <summary>The family of its addresses.</summary>
    public AddressFamily Family => First.Family;

    /// <summary>The number of addresses: 2 to the power of the host bits (up to 2^128).</summary>
    public BigInteger Size => BigInteger.One << (First.Bits - PrefixLength);

    /// <summary>Whether the address is in this subnet.</summary>
    public bool Contains(AddressValue address) =>
        address.Family == Family && address.Lowest(PrefixLength) == First;

    /// <summary>Whether the address is in this subnet.</summary>
    public bool Contains(IPAddress address) => Contains(AddressValue.From(address));

    /// <summary>Whether the two share any address.</summary>
    public bool Overlaps(IPPrefix other) =>
        PrefixLength < other.PrefixLength ? Contains(other.First) : other.Contains(First);

    /// <summary>Compares the lowest addresses. Of two that start with the same address, the larger subnet is first.</summary>
    public int CompareTo(IPPrefix? other)
    {
        if (other is null) return 1;
        int order = First.CompareTo(other.First);
        return order != 0 ? order : PrefixLength.CompareTo(other.PrefixLength);
    }

    /// <summary>The subnet that contains an address with a prefix length.</summary>
    /// <exception cref="FormatException">The length is out of range for the family.</exception>
    public static IPPrefix Containing(AddressValue address, int prefixLength)
    {
        if (prefixLength < 0 || prefixLength > address.Bits)
        {
            throw new FormatException($"The prefix length of {address} must be 0 to {address.Bits}, not {prefixLength}.");
        }

        return new(address.Lowest(prefixLength), prefixLength);
    }

    /// <summary>Parses ADDRESS/LENGTH.</summary>
    /// <exception cref="FormatException">The text isn't a prefix, or has host bits set.</exception>
    public static IPPrefix Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) throw new FormatException(AddressValue.TryParse(text, out AddressValue? bare)
            ? $"'{text}' has no prefix length. Specify it as ADDRESS/LENGTH, such as {text}/{(bare.Bits == 32 ? 24 : 64)}."
            : $"'{text}' isn't a subnet. Specify it as ADDRESS/LENGTH, such as 192.168.1.0/24.");
        AddressValue address = AddressValue.Parse(text[..slash]);
        string digits = text[(slash + 1)..];
        bool isNumber = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int length);
        if (!isNumber || (digits.Length > 1 && digits[0] == '0'))
        {
            throw new FormatException($"'{digits}' in '{text}' is not a prefix length.");
        }

        IPPrefix prefix = Containing(address, length);
        return prefix.First == address
            ? prefix with { Typed = text }
            : throw new FormatException($"'{text}' has host bits set; the subnet is {prefix}.");
    }

    /// <summary>The prefix notation.</summary>
    public override string ToString() => $"{First}/{PrefixLength}";
}
