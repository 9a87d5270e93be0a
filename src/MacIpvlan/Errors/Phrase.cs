namespace MacIpvlan;

/// <summary>Formats parts of messages.</summary>
internal static class Phrase
{
    /// <summary>Lists the first five items, and says how many more follow.</summary>
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
