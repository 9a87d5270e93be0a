namespace MacIpvlan.Topology;

/// <summary>What is drawn as one box: a network, or a link with everything on it. All lengths are in pixels.</summary>
internal abstract class Block
{
    // Many pictures are tried, which share most of their parts.
    private readonly Dictionary<int, Tile> _tiles = [];

    /// <summary>Whether it is one column wide, so that other blocks can be below it in the same column.</summary>
    public abstract bool IsNarrow { get; }

    /// <summary>The width of one column of it at which nothing is shortened.</summary>
    public abstract int Width { get; }

    /// <summary>The smallest width of one column of it.</summary>
    public abstract int MinWidth { get; }

    /// <summary>
    /// Lays it out. A narrow block gets exactly the width. Another one is at most as wide, unless not even one of its
    /// columns fits.
    /// </summary>
    public Tile Lay(int width)
    {
        if (_tiles.TryGetValue(width, out Tile? known)) return known;
        Tile tile = LayOut(width);
        _tiles.Add(width, tile);
        return tile;
    }

    private protected abstract Tile LayOut(int width);
}

/// <summary>A box whose size is known, but not its place.</summary>
/// <param name="Width">The width.</param>
/// <param name="Height">The height.</param>
/// <param name="Place">Returns the box for a left edge and an upper edge.</param>
internal sealed record Tile(int Width, int Height, Func<int, int, Box> Place);
