using System.Xml;

namespace MacIpvlan.Topology;

/// <summary>Draws a topology as an SVG picture, without scripts or external content.</summary>
public static class SvgPicture
{
    private const string Namespace = "http://www.w3.org/2000/svg";
    private const int Radius = 8;
    private const int RowRadius = 3;

    /// <summary>Returns the text of a standalone file.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="width">The width in pixels; null for the one that suits the picture.</param>
    public static string Draw(NetworkTopology topology, int? width = null) =>
        Draw(topology, TopologyPicture.Lay(topology, hasHeading: true, width));

    /// <summary>Returns the text of a standalone file with this picture.</summary>
    internal static string Draw(NetworkTopology topology, TopologyPicture picture) =>
        DrawingXml.Write(svg => Draw(svg, topology, picture, PictureStyle.Sheet));

    /// <summary>Writes the picture, with the style sheet if one is given.</summary>
    internal static void Draw(XmlWriter svg, NetworkTopology topology, TopologyPicture picture, string? sheet)
    {
        svg.WriteStartElement("svg", Namespace);
        // Without this line, it follows the other attributes.
        svg.WriteAttributeString("xmlns", Namespace);
        svg.WriteAttributeString("viewBox", FormattableString.Invariant($"0 0 {picture.Ground.Width} {picture.Ground.Height}"));
        svg.WriteAttributeString("width", FormattableString.Invariant($"{picture.Width}"));
        svg.WriteAttributeString("height", FormattableString.Invariant($"{picture.Height}"));
        svg.WriteAttributeString("role", "img");
        svg.WriteAttributeString("aria-labelledby", "topology-title topology-text");
        svg.Text("title", TopologyWords.Title(topology), ("id", "topology-title"));
        svg.Text("desc", TopologyWords.Description(topology), ("id", "topology-text"));
        if (sheet is not null) svg.WriteElementString("style", $"\n{sheet}");
        Draw(svg, picture.Ground);
        svg.WriteEndElement();
    }

    private static void Draw(XmlWriter svg, Box box)
    {
        // Small boxes get fully rounded ends; rows of a table don't.
        bool isRow = box.Class.StartsWith("row", StringComparison.Ordinal);
        int radius = box.Class == "ground" ? 0 : isRow ? RowRadius : Math.Min(Radius, box.Height / 2);
        svg.Start("g");
        // The page's search looks at networks, not at their samples in the legend.
        bool isFound = box.Tip.Length > 0 && box.Class.StartsWith("network", StringComparison.Ordinal);
        if (isFound) svg.WriteAttributeString("class", "found");
        if (box.Tip.Length > 0) svg.Text("title", box.Tip);
        svg.Empty(
            "rect", ("class", box.Class), ("x", box.X), ("y", box.Y), ("width", box.Width), ("height", box.Height), ("rx", radius));
        foreach (Wire wire in box.Wires)
        {
            string path = FormattableString.Invariant(
                $"M{wire.X} {wire.Top}V{wire.Y - Radius}q0 {Radius} {Radius} {Radius}H{wire.Right}");
            svg.Empty("path", ("class", "wire"), ("d", path));
        }

        foreach (BoxText text in box.Texts) Draw(svg, text);
        foreach (Box inner in box.Boxes) Draw(svg, inner);
        svg.WriteEndElement();
    }

    private static void Draw(XmlWriter svg, BoxText text)
    {
        if (text.Anchor == TextAnchor.Start)
        {
            svg.Text("text", text.Text, ("class", text.Font.Class), ("x", text.X), ("y", text.Y));
            return;
        }

        string anchor = text.Anchor.ToString().ToLowerInvariant();
        svg.Text("text", text.Text, ("class", text.Font.Class), ("x", text.X), ("y", text.Y), ("text-anchor", anchor));
    }
}
