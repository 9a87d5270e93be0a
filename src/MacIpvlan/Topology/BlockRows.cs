namespace MacIpvlan.Topology;

/// <summary>
/// Lays out blocks in a given width, in their order, as low as possible: in rows, or in a few columns. In a row, consecutive
/// narrow blocks share columns of even height, and each wide block is beside them. All hang by wires from what is above them.
/// </summary>
/// <param name="blocks">The blocks.</param>
/// <param name="rail">The space to the left of each column for the rail that its boxes hang from; zero without wires.</param>
internal sealed class BlockRows(IReadOnlyList<Block> blocks, int rail)
{
    /// <summary>The space for a rail.</summary>
    public const int Rail = 34;

    /// <summary>The space between boxes.</summary>
    public const int Gap = 14;

    /// <summary>Where wires meet a box, measured from its upper edge.</summary>
    public const int WireHeight = 20;

    private const int RailInset = 18;
    private const int MaxWideColumns = 4;

    /// <summary>Whether there is only one column, whatever the width.</summary>
    public bool IsNarrow => blocks.Count <= 1 && blocks.All(static b => b.IsNarrow);

    /// <summary>The width of one column, with its rail, at which nothing is shortened.</summary>
    public int Width => rail + blocks.Select(static b => b.Width).DefaultIfEmpty().Max();

    /// <summary>The smallest width of one column, with its rail.</summary>
    public int MinWidth => rail + blocks.Select(static b => b.MinWidth).DefaultIfEmpty().Max();

    /// <summary>Lays the blocks out. The result is at most as wide, unless not even one column fits.</summary>
    public Rows Lay(int width)
    {
        Rows rows = InRows(width);
        if (blocks.All(static b => b.IsNarrow)) return rows;
        return Enumerable.Range(2, MaxWideColumns - 1).Where(count => RoomOf(count, width) >= Width - rail)
            .Select(count => InColumns(count, width)).Prepend(rows).MinBy(static r => (r.Height, r.Width))!;
    }

    // The width of each of some columns, without its rail.
    private int RoomOf(int count, int width) => ((width + Gap) / count) - Gap - rail;

    private Rows InRows(int width)
    {
        List<Column> columns = [];
        (int x, int y) = (0, 0);
        foreach (Stack stack in Stacks(width))
        {
            if (x > 0 && x + stack.Width(rail) > width) (x, y) = (0, columns.Max(static c => c.Bottom) + Gap);
            foreach (Tile[] tiles in stack.Columns)
            {
                columns.Add(new(x, y, tiles));
                x += rail + stack.ColumnWidth + Gap;
            }
        }

        return new(rail, columns);
    }

    private Rows InColumns(int count, int width)
    {
        Tile[] tiles = [.. blocks.Select(b => b.Lay(b.IsNarrow ? b.Width : RoomOf(count, width)))];
        List<Column> columns = [];
        (int x, int next) = (0, 0);
        foreach (int length in ColumnBreaks.Find([.. tiles.Select(static t => t.Height + Gap)], count))
        {
            columns.Add(new(x, 0, tiles[next..(next += length)]));
            x += rail + columns[^1].Width + Gap;
        }

        return new(rail, columns);
    }

    private IEnumerable<Stack> Stacks(int width)
    {
        int next = 0;
        while (next < blocks.Count)
        {
            Block[] run = [.. blocks.Skip(next).TakeWhile(static b => b.IsNarrow)];
            next += Math.Max(run.Length, 1);
            yield return run.Length > 0 ? StackOf(run, width) : StackOf(blocks[next - 1].Lay(width - rail));
        }
    }

    private static Stack StackOf(Tile tile) => new(tile.Width, [[tile]]);

    private Stack StackOf(Block[] run, int width)
    {
        int room = width - rail;
        int least = Math.Max(room, run.Max(static b => b.MinWidth));
        int each = IsNarrow ? least : Math.Min(run.Max(static b => b.Width), least);
        Tile[] tiles = [.. run.Select(b => b.Lay(each))];
        int most = Math.Max((width + Gap) / (rail + each + Gap), 1);
        int next = 0;
        return new(each, [.. ColumnBreaks.Find([.. tiles.Select(static t => t.Height + Gap)], most)
            .Select(count => tiles[next..(next += count)])]);
    }

    /// <summary>Blocks whose places are known, relative to the upper left corner of all.</summary>
    internal sealed record Rows(int Rail, IReadOnlyList<Column> Columns)
    {
        /// <summary>The width.</summary>
        public int Width { get; } = Columns.Select(c => c.X + Rail + c.Width).DefaultIfEmpty().Max();

        /// <summary>The height.</summary>
        public int Height { get; } = Columns.Select(static c => c.Bottom).DefaultIfEmpty().Max();

        /// <summary>Returns the boxes.</summary>
        public IReadOnlyList<Box> Place(int x, int y) =>
            [.. Columns.SelectMany(c => c.Tiles.Select((tile, i) => tile.Place(x + c.X + Rail, y + c.Y + c.TopOf(i))))];

        /// <summary>Returns the wires.</summary>
        /// <param name="x">The left edge of the rows.</param>
        /// <param name="y">The upper edge of the rows.</param>
        /// <param name="top">The lower edge of what they hang from.</param>
        public IReadOnlyList<Wire> PlaceWires(int x, int y, int top)
        {
            if (Rail == 0) return [];
            // The rail of the first column reaches all rows. In the lower rows, the rails of other columns start at a
            // branch of it, above the row.
            IEnumerable<Wire> branches = Columns.Where(static c => c.Y > 0).GroupBy(static c => c.Y)
                .Where(static row => row.Last().X > 0)
                .Select(row => new Wire(x + RailInset, top, x + row.Last().X + RailInset, BranchOf(row.Last())));
            return
            [
                .. branches,
                .. Columns.SelectMany(c => c.Tiles.Select((_, i) => new Wire(
                    x + c.X + RailInset, c.X == 0 || c.Y == 0 ? top : BranchOf(c), x + c.X + Rail, y + c.Y + c.TopOf(i) + WireHeight))),
            ];

            int BranchOf(Column column) => y + column.Y - (Gap / 2);
        }
    }

    /// <summary>A column: its place, and its boxes from top to bottom.</summary>
    internal sealed record Column(int X, int Y, IReadOnlyList<Tile> Tiles)
    {
        /// <summary>The width of the boxes.</summary>
        public int Width { get; } = Tiles.Max(static t => t.Width);

        /// <summary>The lower edge.</summary>
        public int Bottom { get; } = Y + Tiles.Sum(static t => t.Height + Gap) - Gap;

        /// <summary>The upper edge of a box, relative to the column.</summary>
        public int TopOf(int index) => Tiles.Take(index).Sum(static t => t.Height + Gap);
    }

    private sealed record Stack(int ColumnWidth, IReadOnlyList<Tile[]> Columns)
    {
        public int Width(int rail) => (Columns.Count * (rail + ColumnWidth + Gap)) - Gap;
    }
}
