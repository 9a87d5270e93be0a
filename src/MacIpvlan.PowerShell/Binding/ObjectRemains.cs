using System.Collections;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>What is left of an object that has been through a file (Export-Clixml, Export-Csv) or Select-Object: texts.</summary>
internal static class ObjectRemains
{
    /// <summary>A property's text; null where there is none, or an empty one.</summary>
    public static string? Read(PSObject remains, string property) =>
        remains.Properties[property]?.Value is object value && LanguagePrimitives.ConvertTo<string>(value) is { Length: > 0 } text
            ? text
            : null;

    /// <summary>The texts of a property that was a list.</summary>
    public static IReadOnlyList<string> ReadAll(PSObject remains, string property) =>
        remains.Properties[property]?.Value is PSObject { BaseObject: ICollection } or ICollection
            ? LanguagePrimitives.ConvertTo<string[]>(remains.Properties[property].Value)
            : Split(Read(remains, property) ?? "");

    /// <summary>The name of a thing that is known by having another property as well.</summary>
    /// <exception cref="FormatException">It has not: it is something else.</exception>
    public static string ReadName(PSObject remains, string mark) =>
        Read(remains, "Name") is string name && Read(remains, mark) is not null
            ? name
            : throw new FormatException($"An object without Name and {mark} does not stand for one of these.");

    /// <summary>The values of a list that was written as one text, as a cell of a CSV file is.</summary>
    public static string[] Split(string text) => text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
}
