using System.Net;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>
/// An address (10.1.0.2), an interface's address (10.1.0.2/24), a subnet (10.1.0.0/24) or a range (10.1.0.2-10.1.0.9) as
/// objects show it: a text that is compared by its numbers. With and without a prefix length, the same address is equal.
/// </summary>
/// <remarks>
/// It is a URI reference because ConvertTo-Json writes only strings and URIs as plain text: any other type becomes a list
/// of its properties.
/// </remarks>
public sealed class AddressText : Uri, IComparable, IComparable<AddressText>, IEquatable<AddressText>
{
    private readonly AddressValue _first;
    private readonly int? _prefixLength;
    private readonly AddressValue? _last;

    /// <summary>Reads an address, ADDRESS/LENGTH, or a range of two addresses.</summary>
    /// <exception cref="FormatException">The text isn't in one of these forms.</exception>
    public AddressText(string text) : this(Read(text))
    {
    }

    /// <summary>An address as .NET has it; the scope id is ignored.</summary>
    public AddressText(IPAddress address) : this(AddressValue.From(address))
    {
    }

    /// <summary>A subnet as .NET has it.</summary>
    public AddressText(IPNetwork subnet) : this(subnet.ToString())
    {
    }

    /// <summary>An address.</summary>
    public AddressText(AddressValue address) : this((address, null, null))
    {
    }

    /// <summary>An interface's address.</summary>
    public AddressText(InterfaceAddress address) : this((address.Value, address.PrefixLength, null))
    {
    }

    /// <summary>A subnet.</summary>
    public AddressText(IPPrefix subnet) : this((subnet.First, subnet.PrefixLength, null))
    {
    }

    /// <summary>A range, or the only address in it.</summary>
    public AddressText(AddressRange range) : this((range.First, null, range.First == range.Last ? null : range.Last))
    {
    }

    private AddressText((AddressValue First, int? PrefixLength, AddressValue? Last) value) : base(Write(value), UriKind.RelativeOrAbsolute) =>
        (_first, _prefixLength, _last) = value;

    /// <summary>The address family.</summary>
    public AddressFamily Family => _first.Family;

    /// <summary>The address, the network address of the subnet, or the lowest address of the range.</summary>
    public IPAddress Address => _first.ToIPAddress();

    /// <summary>The prefix length; null if there is none.</summary>
    public int? PrefixLength => _prefixLength;

    private AddressValue Last => _last ?? (_prefixLength is int length ? _first.Highest(length) : _first);

    /// <summary>Converts to .NET's type.</summary>
    /// <exception cref="FormatException">It is a range.</exception>
    public static explicit operator IPAddress(AddressText text) => text._last is null
        ? text.Address
        : throw new FormatException($"'{text}' is a range, not an address.");

    /// <summary>Converts a subnet to .NET's type.</summary>
    /// <exception cref="FormatException">It has no prefix length, or is an interface's address.</exception>
    public static explicit operator IPNetwork(AddressText text) => IPNetwork.Parse(text.ToString());

    /// <summary>Whether both are the same; a prefix length that only one of them has isn't compared.</summary>
    public static bool operator ==(AddressText? left, AddressText? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(AddressText? left, AddressText? right) => !(left == right);

    /// <summary>IPv4 first, then by number, then by prefix length if both have one. A range has its own end.</summary>
    public int CompareTo(AddressText? other)
    {
        if (other is null) return 1;
        int order = _first.CompareTo(other._first);
        if (order != 0) return order;
        if (_prefixLength is int mine && other._prefixLength is int theirs) return mine.CompareTo(theirs);
        return _last is null && other._last is null ? 0 : Last.CompareTo(other.Last);
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is null or AddressText
        ? CompareTo((AddressText?)obj)
        : throw new ArgumentException($"'{obj}' isn't an address.", nameof(obj));

    /// <inheritdoc/>
    public bool Equals(AddressText? other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? comparand) => Equals(comparand as AddressText);

    /// <inheritdoc/>
    public override int GetHashCode() => _first.GetHashCode();

    /// <summary>The text, such as 10.1.0.2/24.</summary>
    public override string ToString() => OriginalString;

    private static (AddressValue First, int? PrefixLength, AddressValue? Last) Read(string text)
    {
        if (text.Contains('/'))
        {
            InterfaceAddress address = InterfaceAddress.Parse(text);
            return (address.Value, address.PrefixLength, null);
        }

        AddressRange range = AddressRange.Parse(text);
        return (range.First, null, range.First == range.Last ? null : range.Last);
    }

    private static string Write((AddressValue First, int? PrefixLength, AddressValue? Last) value)
    {
        string first = value.First.ToString();
        // To a URI, one letter before a colon is a drive. Such addresses (000a::/16 to 000f::/16) are reserved.
        if (char.IsAsciiLetter(first[0]) && first[1] == ':') first = $"0{first}";
        return value.PrefixLength is int length ? $"{first}/{length}" : value.Last is AddressValue last ? $"{first}-{last}" : first;
    }
}
