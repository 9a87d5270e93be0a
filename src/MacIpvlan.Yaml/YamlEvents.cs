using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MacIpvlan.Yaml;

/// <summary>The events of the parser, with its errors as errors of the definition.</summary>
/// <param name="parser">The parser.</param>
internal sealed class YamlEvents(IParser parser)
{
    private const int MaxReasonLength = 120;

    /// <summary>The event that was read last.</summary>
    public ParsingEvent Current => parser.Current!;

    /// <summary>Reads the next event.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public bool MoveNext()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (InvalidOperationException)
        {
            // The parser throws it for some texts, such as three dots and nothing else.
            throw Invalid(parser.Current?.End ?? Mark.Empty, "isn't valid YAML");
        }
        catch (YamlException e)
        {
            // The parser's texts can repeat a part of the text.
            string reason = PrintableText.Clean(e.Message).TrimEnd('.');
            if (reason.Length > MaxReasonLength) reason = reason[..MaxReasonLength] + "...";
            throw Invalid(e.Start, $"isn't valid YAML: {reason}");
        }
    }

    /// <summary>Makes the error for the event that was read last.</summary>
    public NetworkException Invalid(string reason) => Invalid(Current.Start, reason);

    /// <summary>Makes the error for a place in the text.</summary>
    public static NetworkException Invalid(Mark place, string reason) => new(
        NetworkError.InvalidDefinition,
        string.Create(CultureInfo.InvariantCulture, $"The definition can't be read: line {place.Line}, column {place.Column} {reason}."),
        "Correct the definition, and import it again.");
}
