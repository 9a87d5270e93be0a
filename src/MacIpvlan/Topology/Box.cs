namespace MacIpvlan.Topology;

/// <summary>
/// A rectangle of a picture and its contents. All lengths are in pixels, from the upper left corner of the picture.
/// </summary>
/// <param name="Class">The style: a class of <see cref="PictureStyle"/>.</param>
/// <param name="X">The left edge.</param>
/// <param name="Y">The upper edge.</param>
/// <param name="Width">The width.</param>
/// <param name="Height">The height.</param>
internal sealed record Box(string Class, int X, int Y, int Width, int Height)
{
    /// <summary>The tooltip; empty for none.</summary>
    public string Tip { get; init; } = "";

    /// <summary>The texts in the box.</summary>
    public IReadOnlyList<BoxText> Texts { get; init; } = [];

    /// <summary>The lines that connect the box to boxes in it or below it.</summary>
    public IReadOnlyList<Wire> Wires { get; init; } = [];

    /// <summary>The nested boxes.</summary>
    public IReadOnlyList<Box> Boxes { get; init; } = [];

    /// <summary>The right edge.</summary>
    public int Right => X + Width;

    /// <summary>The lower edge.</summary>
    public int Bottom => Y + Height;
}

/// <summary>A line of text in a picture.</summary>
/// <param name="Font">The font.</param>
/// <param name="X">The horizontal position of the anchor.</param>
/// <param name="Y">The baseline.</param>
/// <param name="Text">The text, shortened to the available width.</param>
internal sealed record BoxText(Font Font, int X, int Y, string Text)
{
    /// <summary>The point of the text that is at X.</summary>
    public TextAnchor Anchor { get; init; }
}

/// <summary>The anchor points of a text.</summary>
internal enum TextAnchor
{
    /// <summary>The start of the text.</summary>
    Start,

    /// <summary>The middle of the text.</summary>
    Middle,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>A line from a rail to a box: down from a point, then right.</summary>
/// <param name="X">The horizontal position of the rail.</param>
/// <param name="Top">The upper end of the rail.</param>
/// <param name="Right">The left edge of the box.</param>
/// <param name="Y">The height at which the line meets the box.</param>
internal sealed record Wire(int X, int Top, int Right, int Y);
