namespace MacIpvlan.Topology;

/// <summary>Breaks a sequence into columns, one read after the other, that are as even as they can be.</summary>
internal static class ColumnBreaks
{
    /// <summary>How many items each column has.</summary>
    /// <param name="heights">The heights of the items.</param>
    /// <param name="most">How many columns there may be.</param>
    public static int[] Find(IReadOnlyList<int> heights, int most)
    {
        // The lowest height into which all fit.
        (int low, int high) = (heights.DefaultIfEmpty().Max(), heights.Sum());
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Fill(heights, middle).Count <= most) high = middle;
            else low = middle + 1;
        }

        return [.. Fill(heights, low)];
    }

    private static List<int> Fill(IReadOnlyList<int> heights, int limit)
    {
        List<int> counts = [0];
        int height = 0;
        foreach (int item in heights)
        {
            if (height + item > limit && counts[^1] > 0)
            {
                counts.Add(0);
                height = 0;
            }

            counts[^1]++;
            height += item;
        }

        return counts;
    }
}
