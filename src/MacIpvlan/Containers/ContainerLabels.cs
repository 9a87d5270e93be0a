using System.Collections.ObjectModel;

namespace MacIpvlan.Containers;

/// <summary>The labels of containers that are meant for this module. Whoever makes an image or a container chooses them.</summary>
public static class ContainerLabels
{
    /// <summary>What their names begin with.</summary>
    public const string Prefix = "macipvlan.";

    /// <summary>The most that are read from a container, and the most characters of each.</summary>
    private const int MaxCount = 100, MaxLength = 1000;

    /// <summary>No labels.</summary>
    public static readonly IReadOnlyDictionary<string, string> None = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Selects them from all labels of a container.</summary>
    public static IReadOnlyDictionary<string, string> Select(IDictionary<string, string>? labels)
    {
        if (labels is null) return None;
        Dictionary<string, string> own = labels
            .Where(static l => l.Key.StartsWith(Prefix, StringComparison.Ordinal) && l.Key.Length + (l.Value?.Length ?? 0) <= MaxLength)
            .Take(MaxCount).ToDictionary(static l => l.Key, static l => l.Value ?? "");
        return own.Count > 0 ? own : None;
    }
}
