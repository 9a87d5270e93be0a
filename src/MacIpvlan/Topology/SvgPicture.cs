namespace MacIpvlan.Topology;

/// <summary>Draws a topology as an SVG picture, without scripts or external content.</summary>
public static class SvgPicture
{
    private const int Radius = 8;

    /// <summary>Returns the text of a standalone file.</summary>
    public static string Draw(NetworkTopology topology) =>
        Draw(topology, TopologyPicture.Lay(topology, hasHeading: true), PictureStyle.Sheet);

    /// <summary>Returns the text of the picture, with the style sheet if one is given.</summary>
    internal static string Draw(NetworkTopology topology, Box picture, string? sheet)
    {
        Markup svg = new();
        svg.Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.Width} {picture.Height}" width="{picture.Width}" height="{picture.Height}" role="img" aria-labelledby="topology-title topology-text">""");
        svg.Line($"""<title id="topology-title">{Markup.Escape(TopologyWords.Title(topology))}</title>""");
        svg.Line($"""<desc id="topology-text">{Markup.Escape(TopologyWords.Summary(topology))}</desc>""");
        if (sheet is not null) svg.Line($"<style>\n{sheet}</style>");
        Draw(svg, picture);
        svg.Line($"</svg>");
        return svg.ToString();
    }

    private static void Draw(Markup svg, Box box)
    {
        // Small boxes get fully rounded ends.
        int radius = box.Boxes.Count > 0 && box.Class == "ground" ? 0 : Math.Min(Radius, box.Height / 2);
        // The page's search looks at networks, not at their samples in the legend.
        bool isFound = box.Tip.Length > 0 && box.Class.StartsWith("network", StringComparison.Ordinal);
        svg.Line($"""<g{(isFound ? " class=\"found\"" : "")}>""");
        if (box.Tip.Length > 0) svg.Line($"<title>{Markup.Escape(box.Tip)}</title>");
        svg.Line($"""<rect class="{box.Class}" x="{box.X}" y="{box.Y}" width="{box.Width}" height="{box.Height}" rx="{radius}"/>""");
        foreach (Wire wire in box.Wires)
        {
            svg.Line($"""<path class="wire" d="M{wire.X} {wire.Top}V{wire.Y - Radius}q0 {Radius} {Radius} {Radius}H{wire.Right}"/>""");
        }

        foreach (BoxText text in box.Texts)
        {
            string anchor = text.Anchor == TextAnchor.Start ? "" : $" text-anchor=\"{text.Anchor.ToString().ToLowerInvariant()}\"";
            svg.Line($"""<text class="{text.Font.Class}" x="{text.X}" y="{text.Y}"{anchor}>{Markup.Escape(text.Text)}</text>""");
        }

        foreach (Box inner in box.Boxes) Draw(svg, inner);
        svg.Line($"</g>");
    }
}
