using System.Collections.ObjectModel;

namespace MacIpvlan.Containers;

/// <summary>The labels of containers that are meant for this module. Whoever makes an image or a container chooses them.</summary>
public static class ContainerLabels
{
    /// <summary>What their names begin with.</summary>
    public const string Prefix = "macipvlan.";

    /// <summary>The name of the label that names networks.</summary>
    public const string Network = Prefix + "network";

    // The most that are read from a container, and the most characters of a name and of a value. No valid value is that long.
    private const int MaxCount = 100, MaxLength = 1000;

    /// <summary>No labels.</summary>
    public static readonly IReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Selects them from all labels of a container.</summary>
    public static IReadOnlyDictionary<string, string> Select(IDictionary<string, string>? labels)
    {
        if (labels is null) return None;
        Dictionary<string, string> own = [];
        foreach ((string name, string? value) in labels.Where(static l => l.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .OrderBy(static l => l.Key != Network).Take(MaxCount)) own.TryAdd(Cut(name), Cut(value ?? ""));
        return own.Count > 0 ? own : None;
    }

    private static string Cut(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "...";
}
