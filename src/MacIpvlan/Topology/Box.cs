namespace MacIpvlan.Topology;

/// <summary>A rectangle of a picture with what is in it; lengths are in pixels, from the picture's upper left corner.</summary>
/// <param name="Class">What it looks like: a class of <see cref="PictureStyle"/>.</param>
/// <param name="X">Its left edge.</param>
/// <param name="Y">Its upper edge.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
internal sealed record Box(string Class, int X, int Y, int Width, int Height)
{
    /// <summary>What is shown when someone points at it; empty for nothing.</summary>
    public string Tip { get; init; } = "";

    /// <summary>The texts in it.</summary>
    public IReadOnlyList<BoxText> Texts { get; init; } = [];

    /// <summary>The lines that join it to boxes in it, or below it.</summary>
    public IReadOnlyList<Wire> Wires { get; init; } = [];

    /// <summary>The boxes in it.</summary>
    public IReadOnlyList<Box> Boxes { get; init; } = [];

    /// <summary>The right edge.</summary>
    public int Right => X + Width;

    /// <summary>The lower edge.</summary>
    public int Bottom => Y + Height;
}

/// <summary>A line of text in a picture.</summary>
/// <param name="Font">What it looks like.</param>
/// <param name="X">Where its anchor is.</param>
/// <param name="Y">Its base line.</param>
/// <param name="Text">The text, cut to the room that there is.</param>
internal readonly record struct BoxText(Font Font, int X, int Y, string Text)
{
    /// <summary>Which of its points is at X.</summary>
    public TextAnchor Anchor { get; init; }
}

/// <summary>A point of a text.</summary>
internal enum TextAnchor
{
    /// <summary>Where it begins.</summary>
    Start,

    /// <summary>The middle of it.</summary>
    Middle,

    /// <summary>Where it ends.</summary>
    End,
}

/// <summary>A line from a rail to a box: down from a point, then right.</summary>
/// <param name="X">Where the rail is.</param>
/// <param name="Top">Where the rail begins.</param>
/// <param name="Right">The left edge of the box.</param>
/// <param name="Y">Where the box is met.</param>
internal readonly record struct Wire(int X, int Top, int Right, int Y);
