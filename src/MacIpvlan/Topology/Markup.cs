using System.Globalization;
using System.Text;

namespace MacIpvlan.Topology;

/// <summary>Builds XML or HTML text line by line.</summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a line; all values in it are escaped text or numbers.</summary>
    public void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>
    /// Escapes a text for content and quoted attributes in XML and HTML, and replaces characters that XML doesn't allow.
    /// </summary>
    public static string Escape(string text) => string.Join('\n', text.Split('\n').Select(TopologyWords.Clean))
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>The text.</summary>
    public override string ToString() => _text.ToString();
}
