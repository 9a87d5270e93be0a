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

        return !IsYaml(start) ? null : new(
            "the text is YAML, but definitions other than Compose files are read as JSON",
            "Convert it: docker compose config --format json, or kubectl create --dry-run=client -o json -f FILE.");
    }

    /// <summary>Whether a text begins as YAML does, and JSON can't: with a document mark, a directive, or a key.</summary>
    public static bool IsYaml(ReadOnlySpan<char> text)
    {
        text = text.TrimStart('\ufeff').TrimStart();
        while (text is ['#', ..])
        {
            int end = text.IndexOf('\n');
            text = end < 0 ? [] : text[end..].TrimStart();
        }

        return text is ['-', '-', '-', ..] or ['%', 'Y', 'A', 'M', 'L', ..] || BeginsWithKey(text);
    }

    private static bool BeginsWithKey(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return false;
        char quote = text[0];
        bool isQuoted = quote is '"' or '\'';
        int length = isQuoted ? text[1..].IndexOfAny(quote, '\n') + 2 : 0;
        if (isQuoted && (length < 2 || text[length - 1] != quote)) return false;
        while (!isQuoted && length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] is '_' or '.' or '-')) length++;
        ReadOnlySpan<char> rest = text[length..].TrimStart(" \t");
        return length > 0 && rest is [':'] or [':', ' ' or '\t' or '\r' or '\n', ..];
    }

    [GeneratedRegex(@"\A(?:sudo\s+)?(docker|podman|nerdctl)\s+network\s+create\b", RegexOptions.CultureInvariant)]
    private static partial Regex CreateCommand();
}
