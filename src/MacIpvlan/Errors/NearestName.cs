namespace MacIpvlan;

/// <summary>Finds the name that was probably meant by one that doesn't exist.</summary>
public static class NearestName
{
    private const int MostEdits = 2;

    // Longer texts aren't names that somebody typed.
    private const int LongestName = 255;

    /// <summary>A sentence such as " Did you mean 'web'?"; empty if no name is near.</summary>
    public static string Ask(string text, IEnumerable<string> names) => Find(text, names) is string name ? $" Did you mean '{name}'?" : "";

    /// <summary>
    /// The name that differs only in case, or by the fewest typing errors: at most two letters that are wrong, missing, added or
    /// exchanged; or that begins with the text. Null if there is no such name.
    /// </summary>
    public static string? Find(string text, IEnumerable<string> names)
    {
        if (text.Length is < 2 or > LongestName) return null;
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string name in names)
        {
            int distance = Distance(text, name);
            if (distance >= least && (distance > least || string.CompareOrdinal(name, nearest) >= 0)) continue;
            (nearest, least) = (name, distance);
        }

        return least == int.MaxValue ? null : nearest;
    }

    private static int Distance(string text, string name)
    {
        string given = text.ToLowerInvariant(), other = name.ToLowerInvariant();
        if (given == other) return 0;
        int most = Math.Clamp(given.Length / 2, 1, MostEdits);
        // Of web1 to web8, none is what web9 means.
        bool isOtherNumber = given.Length == other.Length
            && given.Zip(other).All(static p => p.First == p.Second || (char.IsAsciiDigit(p.First) && char.IsAsciiDigit(p.Second)));
        int edits = isOtherNumber || Math.Abs(given.Length - other.Length) > most ? int.MaxValue : Edits(given, other);
        if (edits <= most) return edits;
        return other.StartsWith(given, StringComparison.Ordinal) ? MostEdits + 1 : int.MaxValue;
    }

    // Optimal string alignment: the rows of the usual table, of which each needs the two before it.
    private static int Edits(string one, string other)
    {
        int[] before = [], above = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int[] row = new int[other.Length + 1];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int cost = one[i - 1] == other[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + cost);
                bool isExchanged = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                if (isExchanged) row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, above) = (above, row);
        }

        return above[^1];
    }
}
