using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>Computes which addresses of a subnet can be allocated.</summary>
public static class AddressPool
{
    /// <summary>Loopback, multicast and reserved addresses (RFC 6890), which no NIC can have.</summary>
    internal static IReadOnlyList<IPPrefix> Unassignable { get; } =
        [.. ((string[])["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8"]).Select(IPPrefix.Parse)];

    /// <summary>Whether a NIC can have the address, whatever its subnet.</summary>
    internal static bool IsAssignable(AddressValue address)
    {
        foreach (IPPrefix space in Unassignable)
        {
            if (space.Contains(address)) return false;
        }

        return true;
    }

    /// <summary>
    /// The ranges to allocate from, in ascending order and without overlaps: the specified ranges (the whole subnet
    /// by default), without the subnet's unusable addresses and the withheld ranges (gateways, exclusions).
    /// </summary>
    /// <param name="subnet">The subnet.</param>
    /// <param name="ranges">Ranges within the subnet to allocate from; empty for the whole subnet.</param>
    /// <param name="withheld">Ranges that are never allocated.</param>
    public static IReadOnlyList<AddressRange> Allocatable(
        IPPrefix subnet, IReadOnlyCollection<AddressRange> ranges, IEnumerable<AddressRange> withheld)
    {
        AddressRange usable = Usable(subnet);
        List<AddressRange> cuts = [.. withheld.Where(cut => cut.Family == subnet.Family)];
        cuts.Sort(static (a, b) => a.First.CompareTo(b.First));

        List<AddressRange> result = [];
        IEnumerable<AddressRange> wanted = ranges.Count == 0 ? [usable] : ranges.OrderBy(static r => r.First);
        // Ranges can overlap, so each starts after the end of the previous one.
        AddressValue next = usable.First;
        int cut = 0;
        foreach (AddressRange range in wanted)
        {
            AddressValue first = AddressValue.Upper(range.First, next);
            AddressValue last = AddressValue.Lower(range.Last, usable.Last);
            if (first > last) continue;
            Cut(first, last, cuts, ref cut, result);
            if (last == usable.Last) break;
            next = last.Next()!;
        }

        return result;
    }

    /// <summary>
    /// The addresses that a host can have. IPv4 excludes the network and broadcast addresses (RFC 950), except in a /31
    /// (RFC 3021) and a /32. IPv6 excludes the subnet-router anycast address (RFC 4291 2.6.1), except in a /127
    /// (RFC 6164) and a /128.
    /// </summary>
    public static AddressRange Usable(IPPrefix subnet)
    {
        AddressRange all = new(subnet.First, subnet.Last);
        if (subnet.First.Bits - subnet.PrefixLength < 2) return all;
        AddressValue first = all.First.Next()!;
        return subnet.Family == AddressFamily.InterNetworkV6
            ? all with { First = first }
            : new(first, all.Last.Previous()!);
    }

    // Both the ranges and the cuts ascend, so each range goes on with the cuts where the one before it ended.
    private static void Cut(AddressValue first, AddressValue last, List<AddressRange> cuts, ref int next, List<AddressRange> result)
    {
        for (; next < cuts.Count; next++)
        {
            AddressRange cut = cuts[next];
            if (cut.Last < first) continue;
            if (cut.First > last) break;
            if (cut.First > first) result.Add(new(first, cut.First.Previous()!));
            // This cut can also be in the next range.
            if (cut.Last >= last) return;
            first = cut.Last.Next()!;
        }

        result.Add(new(first, last));
    }
}
