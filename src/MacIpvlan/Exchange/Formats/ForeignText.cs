using System.Text;
using System.Text.RegularExpressions;

namespace MacIpvlan.Formats;

/// <summary>Recognizes texts that define networks but aren't JSON, in order to say what to do with them.</summary>
internal static partial class ForeignText
{
    private const int LooksAt = 4096;

    /// <summary>Makes the error for a known kind of text.</summary>
    /// <returns>Null for other text.</returns>
    public static DefinitionException? Describe(ReadOnlySpan<byte> bytes)
    {
        string start = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LooksAt)]);
        if (CreateCommand().Match(start) is { Success: true } command)
        {
            return new(
                $"the text is a command of {command.Groups[1].Value}, not a definition",
                $"Use the output of {command.Groups[1].Value} network inspect NAME; Get-Help about_MacIpvlan_From_Docker lists the cmdlets for "
                + "Docker's commands.");
        }

        return !YamlLine().IsMatch(start) ? null : new(
            "the text is YAML, but definitions are read as JSON",
            "Convert it: docker compose config --format json, or kubectl create --dry-run=client -o json -f FILE.");
    }

    [GeneratedRegex(@"\A(?:sudo\s+)?(docker|podman|nerdctl)\s+network\s+create\b", RegexOptions.CultureInvariant)]
    private static partial Regex CreateCommand();

    // A document mark, or a key without quotes, after comments.
    [GeneratedRegex(@"\A(?:\s*#[^\n]*\n|\s*\n)*(?:---|[A-Za-z][\w.-]{0,60}:(?:\s|\z))", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex YamlLine();
}
