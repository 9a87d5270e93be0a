namespace MacIpvlan.Addressing;

/// <summary>Many ranges of one family, sorted and merged, so that looking for an address doesn't mean to look at all.</summary>
public sealed class RangeIndex
{
    private readonly List<AddressRange> _runs = [];

    /// <summary>Sorts and merges the ranges.</summary>
    public RangeIndex(IEnumerable<AddressRange> ranges)
    {
        foreach (AddressRange range in ranges.OrderBy(static r => r.First))
        {
            if (_runs.Count == 0 || _runs[^1].Last < range.First) _runs.Add(range);
            else if (_runs[^1].Last < range.Last) _runs[^1] = _runs[^1] with { Last = range.Last };
        }
    }

    /// <summary>Whether one of the ranges contains the address.</summary>
    public bool Contains(AddressValue address) => FirstFrom(address) is int i && i < _runs.Count && _runs[i].Contains(address);

    /// <summary>The parts of a range that are in the ranges, in ascending order.</summary>
    public IEnumerable<AddressRange> Within(AddressRange range)
    {
        for (int i = FirstFrom(range.First); i < _runs.Count; i++)
        {
            if (range.Intersect(_runs[i]) is not AddressRange part) yield break;
            yield return part;
        }
    }

    // The first run that doesn't end before the address.
    private int FirstFrom(AddressValue address)
    {
        int low = 0, high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_runs[middle].Last < address) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
