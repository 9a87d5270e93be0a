namespace MacIpvlan.Topology;

/// <summary>Splits a sequence into columns whose heights are as even as possible, in reading order.</summary>
internal static class ColumnBreaks
{
    /// <summary>Returns the number of items in each column.</summary>
    /// <param name="heights">The heights of the items.</param>
    /// <param name="most">The maximum number of columns.</param>
    public static int[] Find(IReadOnlyList<int> heights, int most)
    {
        // Searches for the smallest height at which all items fit.
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
