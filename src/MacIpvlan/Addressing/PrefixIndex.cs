namespace MacIpvlan.Addressing;

/// <summary>
/// Many subnets, sorted, so that finding the one of an address doesn't mean to look at all. Two subnets either share no
/// address, or one is within the other.
/// </summary>
public sealed class PrefixIndex
{
    // Sorted, and without those that are within another.
    private readonly IPPrefix[] _outermost;

    /// <summary>Sorts the subnets.</summary>
    public PrefixIndex(IReadOnlyList<IPPrefix> prefixes)
    {
        int[] sorted = new int[prefixes.Count];
        for (int i = 0; i < sorted.Length; i++) sorted[i] = i;
        Array.Sort(sorted, (a, b) => prefixes[a].CompareTo(prefixes[b]));
        List<IPPrefix> outermost = new(sorted.Length);
        int last = 0;
        foreach (int i in sorted)
        {
            // What overlaps the last outermost one is within it.
            if (outermost.Count == 0 || !outermost[^1].Overlaps(prefixes[i]))
            {
                outermost.Add(prefixes[i]);
                last = i;
                continue;
            }

            Overlap ??= last < i ? (prefixes[last], prefixes[i]) : (prefixes[i], prefixes[last]);
        }

        _outermost = [.. outermost];
    }

    /// <summary>Two subnets that overlap, in their order in the list; null if no two do.</summary>
    public (IPPrefix First, IPPrefix Second)? Overlap { get; }

    /// <summary>The subnet that contains an address; null if none does.</summary>
    public IPPrefix? Containing(AddressValue address)
    {
        int low = 0, high = _outermost.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            IPPrefix prefix = _outermost[middle];
            if (prefix.Contains(address)) return prefix;
            if (prefix.First < address) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }

    /// <summary>The subnet that contains all addresses of a range; null if none does.</summary>
    public IPPrefix? Containing(AddressRange range) =>
        Containing(range.First) is IPPrefix prefix && prefix.Contains(range.Last) ? prefix : null;
}
