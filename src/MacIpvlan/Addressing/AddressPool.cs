using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>Which addresses of a subnet may be handed out.</summary>
public static class AddressPool
{
    /// <summary>
    /// The ranges to allocate from, lowest first and apart from each other: the given ranges (the whole subnet when
    /// there are none) less the subnet's own unusable addresses and less what is withheld (gateways, exclusions).
    /// </summary>
    /// <param name="subnet">The subnet.</param>
    /// <param name="ranges">Ranges within the subnet that allocation is held to; empty for no such limit.</param>
    /// <param name="withheld">Ranges that are never handed out.</param>
    public static IReadOnlyList<AddressRange> Allocatable(
        IPPrefix subnet, IReadOnlyCollection<AddressRange> ranges, IEnumerable<AddressRange> withheld)
    {
        AddressRange usable = Usable(subnet);
        List<AddressRange> cuts = [.. withheld.Where(cut => cut.Family == subnet.Family)];
        cuts.Sort(static (a, b) => a.First.Number.CompareTo(b.First.Number));

        List<AddressRange> result = [];
        IEnumerable<AddressRange> wanted = ranges.Count == 0 ? [usable] : ranges.OrderBy(static r => r.First.Number);
        // Ranges may overlap each other: what an earlier one has covered is not walked again.
        UInt128 next = usable.First.Number;
        foreach (AddressRange range in wanted)
        {
            UInt128 first = UInt128.Max(range.First.Number, next);
            UInt128 last = UInt128.Min(range.Last.Number, usable.Last.Number);
            if (first > last) continue;
            Cut(first, last, subnet.Family, cuts, result);
            if (last == usable.Last.Number) break;
            next = last + 1;
        }

        return result;
    }

    /// <summary>
    /// The addresses that a host may have: without network and broadcast address in IPv4 (RFC 950; all of a /31, RFC
    /// 3021, and of a /32), without the subnet-router anycast address in IPv6 (RFC 4291 2.6.1; all of a /127, RFC 6164,
    /// and of a /128).
    /// </summary>
    public static AddressRange Usable(IPPrefix subnet)
    {
        AddressRange all = new(subnet.First, subnet.Last);
        if (subnet.First.Bits - subnet.PrefixLength < 2) return all;
        AddressValue first = all.First with { Number = all.First.Number + 1 };
        return subnet.Family == AddressFamily.InterNetworkV6
            ? all with { First = first }
            : new(first, all.Last with { Number = all.Last.Number - 1 });
    }

    private static void Cut(
        UInt128 first, UInt128 last, AddressFamily family, List<AddressRange> cuts, List<AddressRange> result)
    {
        foreach (AddressRange cut in cuts)
        {
            if (cut.Last.Number < first) continue;
            if (cut.First.Number > last) break;
            if (cut.First.Number > first) result.Add(new(new(family, first), new(family, cut.First.Number - 1)));
            if (cut.Last.Number >= last) return;
            first = cut.Last.Number + 1;
        }

        result.Add(new(new(family, first), new(family, last)));
    }
}
