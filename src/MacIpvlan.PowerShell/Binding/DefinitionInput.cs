using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;

namespace MacIpvlan.PowerShell;

/// <summary>
/// What is piped into an import: lines of text, files, or objects that ConvertFrom-Json made of text, which are turned back into JSON.
/// </summary>
internal static class DefinitionInput
{
    // As deep as JSON can be read; objects that contain themselves have no end.
    private const int MaxDepth = 64;

    /// <summary>The path of a file; null if the input isn't a file.</summary>
    public static string? PathOf(object? input)
    {
        PSObject wrapped = PSObject.AsPSObject(input ?? "");
        return wrapped.BaseObject switch
        {
            FileSystemInfo file => file.FullName,
            PathInfo path => path.ProviderPath,
            // What is left of a file after Select-Object or Import-Clixml, or a row with a path.
            PSCustomObject => ObjectRemains.Read(wrapped, "FullName") ?? ObjectRemains.Read(wrapped, "Path"),
            _ => null,
        };
    }

    /// <summary>The input as a line or as JSON.</summary>
    /// <exception cref="NetworkException">InvalidDefinition: it is neither text nor made of JSON.</exception>
    public static string TextOf(object? input) => input switch
    {
        null => "",
        string text => text,
        PSObject { BaseObject: string text } => text,
        _ => NodeOf(input, 0)!.ToJsonString(),
    };

    private static JsonNode? NodeOf(object? value, int depth)
    {
        if (depth > MaxDepth) throw Invalid($"The object has more than {MaxDepth} levels");
        PSObject? wrapped = value as PSObject;
        return (wrapped?.BaseObject ?? value) switch
        {
            null => null,
            string text => JsonValue.Create(text),
            bool flag => JsonValue.Create(flag),
            DateTime or DateTimeOffset => JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture)),
            byte or short or int or long or float or double or decimal or System.Numerics.BigInteger =>
                JsonNode.Parse(Convert.ToString(wrapped?.BaseObject ?? value, CultureInfo.InvariantCulture)!),
            IDictionary pairs => new JsonObject(pairs.Cast<DictionaryEntry>()
                .Select(p => KeyValuePair.Create(Convert.ToString(p.Key, CultureInfo.InvariantCulture)!, NodeOf(p.Value, depth + 1)))),
            PSCustomObject => new JsonObject(wrapped!.Properties.Select(p => KeyValuePair.Create(p.Name, NodeOf(p.Value, depth + 1)))),
            IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(i => NodeOf(i, depth + 1))]),
            object other => throw Invalid($"An object of the type {other.GetType().Name} isn't a definition"),
        };
    }

    private static NetworkException Invalid(string message) => new(
        NetworkError.InvalidDefinition, $"{message}.",
        "Pipe the text of Export-ContainerNetwork or another program, files, or the output of ConvertFrom-Json.");
}
