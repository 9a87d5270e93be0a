using System.Globalization;
using System.Text;

namespace MacIpvlan.Topology;

/// <summary>
/// The font of a text in a picture, with an upper bound for its width, since the viewer's fonts are unknown.
/// </summary>
/// <param name="Class">A class of <see cref="PictureStyle"/>.</param>
/// <param name="Size">The size in pixels.</param>
/// <param name="IsFixed">Whether it is monospaced.</param>
/// <param name="IsBold">Whether it is bold.</param>
internal sealed record Font(string Class, double Size, bool IsFixed = false, bool IsBold = false)
{
    private const string Narrow = " .,:;'|!/\\()[]fijlrtI-";
    private const string Broad = "mwMW@%…";
    // Relative to the font size; the widest of DejaVu, Liberation, Noto, Segoe and Helvetica.
    private const double FixedWidth = 0.605;
    private const double NarrowWidth = 0.42;
    private const double LetterWidth = 0.66;
    private const double CapitalWidth = 0.78;
    private const double BroadWidth = 1.02;
    private const double ForeignWidth = 1.15;
    private const double BoldFactor = 1.1;

    /// <summary>The title of the picture.</summary>
    public static Font Heading { get; } = new("heading", 22, IsBold: true);

    /// <summary>The name of a link, on a dark background.</summary>
    public static Font Trunk { get; } = new("trunk-name", 16, IsBold: true);

    /// <summary>The details of a link, on a dark background.</summary>
    public static Font TrunkNote { get; } = new("trunk-note", 12);

    /// <summary>The name of a sub-interface or network.</summary>
    public static Font Name { get; } = new("name", 14, IsBold: true);

    /// <summary>The name of a NIC.</summary>
    public static Font Nic { get; } = new("nic-name", 12.5, IsBold: true);

    /// <summary>Details.</summary>
    public static Font Note { get; } = new("note", 11.5);

    /// <summary>Addresses.</summary>
    public static Font Address { get; } = new("address", 12, IsFixed: true);

    /// <summary>Problems.</summary>
    public static Font Trouble { get; } = new("trouble", 11.5, IsBold: true);

    /// <summary>The kind and mode of a network, on a background in the network's color.</summary>
    public static Font Badge { get; } = new("badge-text", 11, IsBold: true);

    /// <summary>The maximum width of a text.</summary>
    public double Measure(string text) => text.EnumerateRunes().Sum(Measure);

    /// <summary>Shortens a text to a width, with an ellipsis at the end.</summary>
    public string Fit(string text, double width)
    {
        if (Measure(text) <= width) return text;
        StringBuilder kept = new();
        double room = width - Measure("…");
        // Text elements, which are one letter to the reader, aren't split.
        TextElementEnumerator letters = StringInfo.GetTextElementEnumerator(text);
        while (letters.MoveNext() && (room -= Measure(letters.GetTextElement())) >= 0) kept.Append(letters.GetTextElement());
        return kept.Append('…').ToString();
    }

    private double Measure(Rune rune)
    {
        bool isForeign = rune.Value > 0x24F && rune.Value != '…';
        double width = isForeign ? ForeignWidth
            : IsFixed ? FixedWidth
            : Narrow.Contains((char)rune.Value) ? NarrowWidth
            : Broad.Contains((char)rune.Value) ? BroadWidth
            : Rune.IsUpper(rune) || !rune.IsAscii ? CapitalWidth
            : LetterWidth;
        return width * Size * (IsBold && !IsFixed ? BoldFactor : 1);
    }
}
