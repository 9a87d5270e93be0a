using System.Text;

namespace MacIpvlan.Formats;

/// <summary>
/// Replaces the variables of texts as Compose does (compose-go's template): $NAME, ${NAME}, ${NAME:-default}, ${NAME-default},
/// ${NAME:?error}, ${NAME?error}, ${NAME:+alternative}, ${NAME+alternative}; $$ is a $ sign.
/// </summary>
/// <param name="variable">The value of a variable; null if it isn't set.</param>
/// <param name="unset">Called with each variable that isn't set and has no default.</param>
internal sealed class ComposeTemplate(Func<string, string?> variable, Action<string> unset)
{
    private const int MaxDepth = 32;
    private int _left = NetworkText.MaxBytes;

    /// <summary>Replaces the variables of a text.</summary>
    /// <exception cref="FormatException">
    /// A reference isn't valid, a required variable is missing, or all texts together would become too long.
    /// </exception>
    public string Fill(string text) => text.Contains('$', StringComparison.Ordinal) ? Fill(text, 0) : text;

    private string Fill(string text, int depth)
    {
        if (depth > MaxDepth) throw new FormatException($"it has defaults in defaults, more than {MaxDepth} levels");
        StringBuilder filled = new();
        int at = 0;
        while (at < text.Length)
        {
            int sign = text.IndexOf('$', at);
            if (sign < 0) sign = text.Length;
            Append(filled, text.AsSpan(at, sign - at));
            if (sign == text.Length) break;
            at = Replace(filled, text, sign + 1, depth);
        }

        return filled.ToString();
    }

    // Returns where the text goes on.
    private int Replace(StringBuilder filled, string text, int at, int depth)
    {
        char next = at < text.Length ? text[at] : ' ';
        if (next == '{')
        {
            int end = EndOfBraces(text, at);
            Append(filled, ValueOf(text[(at + 1)..end], depth));
            return end + 1;
        }

        int length = NameLength(text, at);
        if (length > 0)
        {
            Append(filled, ValueOf(text.Substring(at, length), depth));
            return at + length;
        }

        // Before anything else, it's only a sign.
        Append(filled, "$");
        return next == '$' ? at + 1 : at;
    }

    private string ValueOf(string reference, int depth)
    {
        int length = NameLength(reference, 0);
        if (length == 0) throw Invalid();
        string name = reference[..length], operation = reference[length..];
        string? value = variable(name);
        if (operation.Length == 0)
        {
            if (value is null) unset(name);
            return value ?? "";
        }

        bool countsEmpty = operation[0] == ':';
        string rest = operation[(countsEmpty ? 1 : 0)..];
        bool isThere = value is not null && (value.Length > 0 || !countsEmpty);
        return rest switch
        {
            ['-', .. string other] => isThere ? value! : Fill(other, depth + 1),
            ['+', .. string other] => isThere ? Fill(other, depth + 1) : value ?? "",
            ['?', .. string reason] => isThere ? value! : throw Missing(name, Fill(reason, depth + 1)),
            _ => throw Invalid(),
        };
    }

    private void Append(StringBuilder filled, ReadOnlySpan<char> text)
    {
        _left -= text.Length;
        if (_left < 0) throw new FormatException("with its variables, the file is too long");
        filled.Append(text);
    }

    // Braces inside belong to references in a default.
    private static int EndOfBraces(string text, int start)
    {
        int open = 0;
        for (int i = start; i < text.Length; i++)
        {
            if (text[i] == '{') open++;
            if (text[i] == '}' && --open == 0) return i;
        }

        throw Invalid();
    }

    private static int NameLength(string text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '_' || (end > start && char.IsAsciiDigit(text[end])))) end++;
        return end - start;
    }

    private static FormatException Invalid() => new("it has a reference to a variable that isn't valid; write $$ for a $ sign");

    private static FormatException Missing(string name, string reason)
    {
        const int MaxLength = 120;
        string shown = PrintableText.Clean(reason.Length > MaxLength ? reason[..MaxLength] + "..." : reason);
        return new($"the required variable {DefinitionReader.Shown(name)} is missing{(shown.Length > 0 ? ": " + shown : "")}");
    }
}
