using System.Globalization;
using System.Text;

namespace MacIpvlan.Topology;

/// <summary>Measures text in terminal columns, and pads or shortens it to a width.</summary>
internal static class ScreenText
{
    // Letters that take two columns (Unicode's EastAsianWidth.txt: Wide and Fullwidth), and emoji.
    private static readonly (int First, int Last)[] s_wide =
    [
        (0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
        (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x3FFFD),
    ];

    /// <summary>The number of columns that a text takes.</summary>
    public static int Measure(string text) => text.EnumerateRunes().Sum(Measure);

    /// <summary>Pads a text with trailing spaces to at least the given width.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(width - Measure(text), 0));

    /// <summary>Shortens a text to at most the given width, with an ellipsis in its middle.</summary>
    public static string Fit(string text, int width)
    {
        if (Measure(text) <= width) return text;
        // Text elements, which are one letter to the reader, aren't split.
        List<string> letters = [.. Letters(text)];
        int room = Math.Max(width - 1, 0);
        int tail = Count(Enumerable.Reverse(letters), room / 2);
        int head = Count(letters.SkipLast(tail), room - letters.TakeLast(tail).Sum(Measure));
        return string.Concat(letters.Take(head)) + '…' + string.Concat(letters.TakeLast(tail));
    }

    private static int Count(IEnumerable<string> letters, int room) => letters.TakeWhile(l => (room -= Measure(l)) >= 0).Count();

    private static IEnumerable<string> Letters(string text)
    {
        TextElementEnumerator letters = StringInfo.GetTextElementEnumerator(text);
        while (letters.MoveNext()) yield return letters.GetTextElement();
    }

    private static int Measure(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => 0,
        _ => s_wide.Any(w => rune.Value >= w.First && rune.Value <= w.Last) ? 2 : 1,
    };
}
