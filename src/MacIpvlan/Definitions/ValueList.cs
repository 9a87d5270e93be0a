using System.Collections.ObjectModel;

namespace MacIpvlan;

/// <summary>
/// Several values: PowerShell lists and indexes them (the compiler's own read-only lists it cannot index), and where only
/// one text fits, such as in a cell of a CSV file, they are all in it.
/// </summary>
/// <typeparam name="T">What they are.</typeparam>
public sealed class ValueList<T>(IEnumerable<T> values) : ReadOnlyCollection<T>([.. values])
{
    /// <summary>The values with commas between them.</summary>
    public override string ToString() => string.Join(", ", this);
}

/// <summary>
/// Lists of values in their usual notation: what leaves as JSON, CSV or XML shall be as readable as on the screen.
/// </summary>
internal static class ValueList
{
    public static ValueList<string> OfTexts<T>(IEnumerable<T> values) where T : notnull => new(values.Select(static v => v.ToString()!));
}
