namespace MacIpvlan.Formats;

/// <summary>Reads sysctls of other formats. Those that NICs can't have here are left out, with a warning.</summary>
internal static class ForeignSysctls
{
    /// <summary>Reads the text of Docker's option: NAME=VALUE, separated by commas.</summary>
    /// <param name="text">The text; null for none.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="warn">Called for each sysctl that is left out.</param>
    public static IReadOnlyList<NicSysctl> Read(string? text, string network, Action<string> warn) => text is not { Length: > 0 } ? []
        : Read(text.Split(','), NicSysctl.Parse, network, warn);

    /// <summary>Reads the property of the CNI plugin tuning: an object with a name and a value for each.</summary>
    /// <param name="texts">The names and values.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="warn">Called for each sysctl that is left out.</param>
    public static IReadOnlyList<NicSysctl> Read(IReadOnlyDictionary<string, string> texts, string network, Action<string> warn) =>
        Read(texts, static t => NicSysctl.Parse(t.Key, t.Value), network, warn);

    private const int MostWarnings = 20;

    private static NicSysctl[] Read<T>(IEnumerable<T> items, Func<T, NicSysctl> parse, string network, Action<string> warn)
    {
        Dictionary<string, NicSysctl> read = [];
        int refused = 0;
        foreach (T item in items)
        {
            try
            {
                NicSysctl sysctl = parse(item);
                // As there, the last one counts.
                read[sysctl.Name] = sysctl;
            }
            catch (FormatException e)
            {
                if (++refused <= MostWarnings) warn($"'{network}': a sysctl is left out. {e.Message}");
            }
        }

        if (refused > MostWarnings) warn($"'{network}': more sysctls are left out: {refused - MostWarnings}.");
        return [.. read.Values];
    }
}
