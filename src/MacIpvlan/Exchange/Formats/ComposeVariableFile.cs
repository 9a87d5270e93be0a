using System.Text;
using System.Text.RegularExpressions;

namespace MacIpvlan.Formats;

/// <summary>Reads the text of a file .env as Compose does (compose-go's dotenv).</summary>
internal static partial class ComposeVariableFile
{
    /// <summary>Reads the variables.</summary>
    /// <param name="text">The text.</param>
    /// <param name="variable">The value of a variable of the process, which comes before those of the file; null if it isn't set.</param>
    /// <exception cref="FormatException">A line isn't valid.</exception>
    public static Dictionary<string, string> Read(string text, Func<string, string?> variable)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        ComposeTemplate template = new(name => variable(name) ?? variables.GetValueOrDefault(name), static _ => { });
        string rest = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        int at = 0;
        while (true)
        {
            while (at < rest.Length && (char.IsWhiteSpace(rest[at]) || rest[at] == '#')) at = rest[at] == '#' ? EndOfLine(rest, at) : at + 1;
            if (at == rest.Length) return variables;
            Match start = Assignment().Match(rest, at);
            if (!start.Success) throw Wrong(rest, at, "isn't NAME=VALUE");
            string name = start.Groups[1].Value;
            at += start.Length;
            // A name alone has the value that the process has.
            if (start.Groups[2].Length > 0) variables[name] = ReadValue(rest, ref at, template);
            else if (variable(name) is string inherited) variables[name] = inherited;
        }
    }

    private static string ReadValue(string text, ref int at, ComposeTemplate template)
    {
        if (at < text.Length && text[at] is '"' or '\'') return ReadQuoted(text, ref at, template);
        int end = EndOfLine(text, at);
        string line = text[at..end];
        int comment = line.IndexOf(" #", StringComparison.Ordinal);
        string value = Fill(text, at, (comment < 0 ? line : line[..comment]).TrimEnd(), template);
        at = end;
        return value;
    }

    private static string ReadQuoted(string text, ref int at, ComposeTemplate template)
    {
        char quote = text[at];
        StringBuilder value = new();
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                string all = value.ToString();
                string read = quote == '"' ? Fill(text, at, Escape().Replace(all, static m => Unescape(m.Value)), template) : all;
                at = i + 1;
                return read;
            }

            bool isEscaped = text[i] == '\\' && i + 1 < text.Length;
            if (isEscaped && text[i + 1] != quote) value.Append('\\');
            if (isEscaped) i++;
            value.Append(text[i]);
        }

        throw Wrong(text, at, "has a quotation mark without an end");
    }

    private static string Fill(string text, int at, string value, ComposeTemplate template)
    {
        try
        {
            return template.Fill(value);
        }
        catch (FormatException e)
        {
            throw Wrong(text, at, $"can't be read: {e.Message}");
        }
    }

    // Those of Go, and a sign that doesn't begin a variable.
    private static string Unescape(string escape) => escape[1] switch
    {
        'a' => "\a",
        'b' => "\b",
        'f' => "\f",
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'v' => "\v",
        '$' => "$$",
        '0' => ((char)Convert.ToInt32(escape[2..], 8)).ToString(),
        char other => other.ToString(),
    };

    private static int EndOfLine(string text, int at) => text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length;

    private static FormatException Wrong(string text, int at, string reason) => new($"line {text.AsSpan(0, at).Count('\n') + 1} {reason}");

    [GeneratedRegex(@"\G(?:export[ \t]+)?([\w.\[\]-]+)[ \t]*(?:([=:])[ \t]*|(?=\n|\z))", RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();

    [GeneratedRegex("""\\(?:[abfnrtv$"\\]|0[0-3][0-7]{2})""", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();
}
