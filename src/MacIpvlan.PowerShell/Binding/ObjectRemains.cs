using System.Collections;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Reads properties of deserialized or reduced objects (Export-Clixml, Export-Csv, Select-Object), which contain only
/// text.
/// </summary>
internal static class ObjectRemains
{
    /// <summary>Reads a property as text; null if it is missing or empty.</summary>
    public static string? Read(PSObject remains, string property) =>
        remains.Properties[property]?.Value is object value && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text
            ? text
            : null;

    /// <summary>Reads a property that was a list.</summary>
    public static IReadOnlyList<string> ReadAll(PSObject remains, string property) =>
        remains.Properties[property]?.Value is PSObject { BaseObject: ICollection } or ICollection
            ? LanguagePrimitives.ConvertTo<string[]>(remains.Properties[property].Value)
            : Split(Read(remains, property) ?? "");

    /// <summary>Reads the name of an object whose type is recognized by another property, or by one of several.</summary>
    /// <exception cref="FormatException">The object has none of these properties, so it is something else.</exception>
    public static string ReadName(PSObject remains, params string[] marks) =>
        Read(remains, "Name") is string name && marks.Any(m => Read(remains, m) is not null)
            ? name
            : throw new FormatException($"The object has the wrong type: it needs Name and {string.Join(" or ", marks)}.");

    /// <summary>Splits a list that was written as one text, such as a cell of a CSV file.</summary>
    public static string[] Split(string text) => text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
}
