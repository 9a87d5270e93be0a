namespace MacIpvlan;

/// <summary>Parts of the sentences that people read.</summary>
internal static class Phrase
{
    /// <summary>The first five of some items, and how many more there are.</summary>
    public static string NameSome<T>(IReadOnlyCollection<T> items)
    {
        const int Shown = 5;
        string names = string.Join(", ", items.Take(Shown));
        return items.Count > Shown ? $"{names} and {items.Count - Shown} more" : names;
    }

    /// <summary>A number with its noun, such as "1 NIC" or "2 NICs".</summary>
    public static string Count(int count, string noun, string? plural = null) =>
        count == 1 ? $"1 {noun}" : $"{count} {plural ?? noun + "s"}";
}
