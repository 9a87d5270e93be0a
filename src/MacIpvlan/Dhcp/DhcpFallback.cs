using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>Where a NIC gets an IPv4 address from if no DHCP server answers. Such a NIC has no default route.</summary>
/// <param name="Subnet">The subnet.</param>
/// <param name="Range">The addresses in the subnet that can be allocated; the whole subnet for all that a host can have.</param>
public sealed record DhcpFallback(IPPrefix Subnet, AddressRange Range)
{
    private readonly string? _typed;

    /// <summary>The text that it was parsed from, for messages; its usual notation if it wasn't parsed.</summary>
    internal string Typed
    {
        get => _typed ?? ToString();
        init => _typed = value;
    }

    /// <summary>Whether both have the same subnet and range.</summary>
    public bool Equals(DhcpFallback? other) => other is not null && Subnet == other.Subnet && Range == other.Range;

    /// <summary>The hash code of the subnet and the range.</summary>
    public override int GetHashCode() => HashCode.Combine(Subnet, Range);

    /// <summary>Whether every address of the subnet that a host can have can be allocated.</summary>
    public bool IsWholeSubnet => Range.First == Subnet.First && Range.Last == Subnet.Last;

    /// <summary>Parses a subnet (192.168.1.0/24), or a range and the prefix length of its subnet (192.168.1.200-192.168.1.220/24).</summary>
    /// <exception cref="FormatException">The text isn't one of these.</exception>
    public static DhcpFallback Parse(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal), slash = text.LastIndexOf('/');
        if (slash < 0)
        {
            throw new FormatException(
                $"'{text}' has no prefix length. Specify a subnet, such as 192.168.1.0/24, or a range, such as 192.168.1.200-192.168.1.220/24.");
        }

        if (dash < 0)
        {
            IPPrefix subnet = IPPrefix.Parse(text);
            return new(subnet, new(subnet.First, subnet.Last)) { Typed = text };
        }

        AddressRange range = AddressRange.Parse(text[..slash]);
        InterfaceAddress last = InterfaceAddress.Parse(text[(dash + 1)..].Trim());
        return range.IsWithin(last.Subnet)
            ? new(last.Subnet, range) { Typed = text }
            : throw new FormatException($"'{text}' is not within one subnet: {last.Subnet} begins with {last.Subnet.First}.");
    }

    /// <summary>The subnet, or the range with the subnet's prefix length.</summary>
    public override string ToString() =>
        IsWholeSubnet ? Subnet.ToString() : $"{Range.First}-{Range.Last}/{Subnet.PrefixLength}";

    /// <summary>Finds what is wrong with it.</summary>
    /// <returns>The reason, worded as a part of a sentence; null if it's valid.</returns>
    internal string? FindWrong() =>
        Subnet.Family != AddressFamily.InterNetwork ? $"DhcpFallback {Typed} isn't IPv4"
        : AddressPool.Unassignable.Any(space => space.Overlaps(Subnet)) ? $"DhcpFallback {Typed} includes addresses that hosts can't have"
        : AddressPool.Allocatable(Subnet, [Range], []).Count == 0 ? $"DhcpFallback {Typed} has no address that a host can have in {Subnet}"
        : null;
}
