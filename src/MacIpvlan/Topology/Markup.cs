using System.Globalization;
using System.Text;

namespace MacIpvlan.Topology;

/// <summary>Collects lines of XML or HTML.</summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds a line; what is put into it has been escaped, or is a number.</summary>
    public void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    /// <summary>A text as it stands between tags, or in quotes, of XML and HTML; without characters that XML cannot have.</summary>
    public static string Escape(string text) => string.Join('\n', text.Split('\n').Select(TopologyWords.Clean))
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);

    /// <summary>What has been collected.</summary>
    public override string ToString() => _text.ToString();
}
