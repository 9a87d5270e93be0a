using System.Collections;
using System.Globalization;

namespace EmbeddedHost.Pester;

/// <summary>Shows a value in a failure message, in Pester's way.</summary>
internal static class ValueText
{
    private const int MaxItems = 10;

    public static string Of(object? value) => Plain(value) switch
    {
        null => "$null",
        "" => "<empty>",
        string text => $"'{text}'",
        bool flag => flag ? "$true" : "$false",
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        Type type => $"[{LanguagePrimitives.ConvertTo<string>(type)}]",
        ScriptBlock block => $"{{{block}}}",
        IDictionary table => table.GetType().ToString(),
        IEnumerable items => Items([.. items.Cast<object?>()]),
        _ => LanguagePrimitives.ConvertTo<string>(value),
    };

    /// <summary>The value without the wrapper that the engine may have put around it.</summary>
    public static object? Plain(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    private static string Items(object?[] items)
    {
        string shown = string.Join(", ", items.Take(MaxItems).Select(Of));
        return items.Length > MaxItems ? $"@({shown}, ...{items.Length - MaxItems} more)" : $"@({shown})";
    }
}
