using System.Buffers;
using System.Text.Json.Nodes;
using MacIpvlan.Formats;
using YamlDotNet.Core;

namespace MacIpvlan.Yaml;

/// <summary>
/// Reads YAML as Compose does. It takes the parser's events, not its object mapping, so a text can't ask for types.
/// </summary>
public sealed class YamlReader : IYamlReader
{
    // All but tabs and ends of lines (YAML 1.2, 5.1), which the parser itself lets through.
    private static readonly SearchValues<char> s_controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Append(0x7f).Select(static c => (char)c).Except("\t\n\r")]);

    /// <inheritdoc/>
    public JsonNode? Read(string text)
    {
        int control = text.AsSpan().IndexOfAny(s_controls);
        if (control >= 0)
        {
            ReadOnlySpan<char> before = text.AsSpan(0, control);
            throw YamlEvents.Invalid(new(control, before.Count('\n') + 1, control - before.LastIndexOf('\n')), "has a control character");
        }

        using StringReader reader = new(text);
        YamlEvents events = new(new Parser(reader));
        return new YamlDocument(events).Read();
    }
}
