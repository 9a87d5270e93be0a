using System.Collections.ObjectModel;

namespace MacIpvlan;

/// <summary>
/// A list of values that PowerShell can index, unlike the compiler's read-only lists. Its text contains all values, for
/// places that hold only one string, such as a cell of a CSV file.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class ValueList<T>(IEnumerable<T> values) : ReadOnlyCollection<T>([.. values])
{
    /// <summary>The values, separated by commas.</summary>
    public override string ToString() => string.Join(", ", this);
}

/// <summary>
/// Creates lists of values as text, so that JSON, CSV and XML are as readable as the screen.
/// </summary>
internal static class ValueList
{
    public static ValueList<string> OfTexts<T>(IEnumerable<T> values) where T : notnull => new(values.Select(static v => v.ToString()!));
}
