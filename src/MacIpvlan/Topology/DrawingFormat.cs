namespace MacIpvlan.Topology;

/// <summary>How a topology is drawn.</summary>
public enum DrawingFormat
{
    /// <summary>As a tree of lines.</summary>
    Text,

    /// <summary>As a flowchart in the language of Mermaid.</summary>
    Mermaid,

    /// <summary>As a picture.</summary>
    Svg,

    /// <summary>As a page with the picture and tables.</summary>
    Html,
}
