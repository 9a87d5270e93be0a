using System.Globalization;
using System.Text;

namespace MacIpvlan;

/// <summary>
/// The rule for text of others: links, namespaces, containers, files and the kernel name things as containers and other
/// users like. On a terminal, such text could clear the screen, hide what follows, or change the direction of the text.
/// </summary>
public static class PrintableText
{
    private const char Replacement = '\uFFFD';

    /// <summary>Whether a text can be shown as it is.</summary>
    public static bool Is(string text)
    {
        // Most names are plain ASCII.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return true;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!Is(rune)) return false;
        }

        // Enumerating replaces unpaired surrogates.
        return !HasUnpairedSurrogate(text);
    }

    /// <summary>
    /// Replaces control and format characters, line separators, unpaired surrogates, and characters without a known
    /// shape.
    /// </summary>
    public static string Clean(string text)
    {
        if (Is(text)) return text;
        StringBuilder cleaned = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) cleaned.Append(Is(rune) ? rune.ToString() : Replacement);
        return cleaned.ToString();
    }

    private static bool Is(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned);

    private static bool HasUnpairedSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return true;
            i++;
        }

        return false;
    }
}
