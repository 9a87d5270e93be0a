using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace MacIpvlan.Addressing;

/// <summary>A range of consecutive addresses of one family, including both ends.</summary>
/// <param name="First">The lowest address.</param>
/// <param name="Last">The highest address, not below <paramref name="First"/>.</param>
public sealed record AddressRange(AddressValue First, AddressValue Last)
{
    private readonly string? _typed;

    /// <summary>The text that it was parsed from, for messages; its usual notation if it wasn't parsed.</summary>
    internal string Typed
    {
        get => _typed ?? ToString();
        init => _typed = value;
    }

    /// <summary>Whether both have the same addresses.</summary>
    public bool Equals(AddressRange? other) => other is not null && First == other.First && Last == other.Last;

    /// <summary>The hash code of its addresses.</summary>
    public override int GetHashCode() => HashCode.Combine(First, Last);

    /// <summary>The family of its addresses.</summary>
    public AddressFamily Family => First.Family;

    /// <summary>The number of addresses in the range (up to 2^128).</summary>
    public BigInteger Size => First.DistanceTo(Last) + 1;

    /// <summary>The addresses in both ranges; null if there are no such addresses.</summary>
    public AddressRange? Intersect(AddressRange other)
    {
        if (Family != other.Family) return null;
        AddressValue first = AddressValue.Upper(First, other.First);
        AddressValue last = AddressValue.Lower(Last, other.Last);
        return first > last ? null : new(first, last);
    }

    /// <summary>Whether the address is in the range.</summary>
    public bool Contains(AddressValue address) => address >= First && address <= Last;

    /// <summary>Whether every address of the range is in the subnet.</summary>
    public bool IsWithin(IPPrefix subnet) => subnet.Contains(First) && subnet.Contains(Last);

    /// <summary>The subnet that has exactly these addresses; null if no subnet does.</summary>
    public IPPrefix? AsPrefix()
    {
        IPPrefix prefix = IPPrefix.Containing(First, First.CommonBits(Last));
        return prefix.First == First && prefix.Last == Last ? prefix : null;
    }

    /// <summary>The range that contains only one address.</summary>
    public static AddressRange Of(AddressValue address) => new(address, address) { Typed = address.Typed };

    /// <summary>Converts .NET's type, so that parameters accept it.</summary>
    /// <exception cref="FormatException">The address has a scope id.</exception>
    public static explicit operator AddressRange(IPAddress address) => Of((AddressValue)address);

    /// <summary>Parses a prefix (192.168.32.128/25), two ends (10.0.0.10-10.0.0.20), or one address.</summary>
    /// <exception cref="FormatException">
    /// The text isn't one of these, mixes families, or ends before it starts.
    /// </exception>
    public static AddressRange Parse(string text)
    {
        if (text.Contains('/'))
        {
            IPPrefix prefix = IPPrefix.Parse(text);
            return new(prefix.First, prefix.Last) { Typed = text };
        }

        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0) return Of(AddressValue.Parse(text));
        AddressValue first = AddressValue.Parse(text[..dash].Trim());
        AddressValue last = AddressValue.Parse(text[(dash + 1)..].Trim());
        if (first.Family != last.Family) throw new FormatException($"'{text}' mixes IPv4 and IPv6.");
        if (first > last) throw new FormatException($"'{text}' ends before it starts.");
        return new(first, last) { Typed = text };
    }

    /// <summary>One address, or both ends separated by a dash.</summary>
    public override string ToString() => First == Last ? First.ToString() : $"{First}-{Last}";
}
