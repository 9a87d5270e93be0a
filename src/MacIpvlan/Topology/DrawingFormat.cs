namespace MacIpvlan.Topology;

/// <summary>The formats of a drawing.</summary>
public enum DrawingFormat
{
    /// <summary>A text tree.</summary>
    Text,

    /// <summary>A Mermaid flowchart.</summary>
    Mermaid,

    /// <summary>An SVG picture.</summary>
    Svg,

    /// <summary>An HTML page with the picture and tables.</summary>
    Html,

    /// <summary>A PNG picture.</summary>
    Png,
}
