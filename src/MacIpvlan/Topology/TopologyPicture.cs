namespace MacIpvlan.Topology;

/// <summary>
/// A picture of a topology: each host link is a trunk, and columns of sub-interfaces and networks hang from it by rails.
/// Each box contains the boxes on it.
/// </summary>
/// <param name="Ground">The box that contains all others.</param>
/// <param name="Width">The width of the picture in pixels. If it is less than the box's, the picture is drawn smaller.</param>
/// <param name="Height">The height of the picture in pixels.</param>
internal sealed record TopologyPicture(Box Ground, int Width, int Height)
{
    private const int Margin = 28;
    private const int HeadingHeight = 58;
    private const int TroubleHeight = 20;
    private const int Gap = BlockRows.Gap;
    private const int Narrowest = 420;
    // An A0 sheet with 150 dots per inch: text is still legible there.
    private const int Widest = 7016;
    private const int Step = 80;
    // A sheet of paper, A4 landscape.
    private static readonly double s_sheetShape = Math.Sqrt(2);

    /// <summary>Lays out a topology.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="hasHeading">Whether a heading with the title is above it.</param>
    /// <param name="width">
    /// The width in pixels. The default is the one that brings the picture closest to the shape of a sheet of paper in
    /// landscape format.
    /// </param>
    public static TopologyPicture Lay(NetworkTopology topology, bool hasHeading, int? width = null)
    {
        BlockRows panels = new([.. PanelsOf(topology)], rail: 0);
        string trouble = TopologyWords.Trouble(topology);
        int top = Margin + (!hasHeading ? 0 : trouble.Length == 0 ? HeadingHeight : HeadingHeight + TroubleHeight);
        int least = Math.Max(panels.Width, Narrowest);
        Sheet sheet = width is int given ? new(panels.Lay(given - (2 * Margin)), given, top)
            : Enumerable.Range(0, Math.Max((Widest - least) / Step, 1))
                .Select(i => new Sheet(panels.Lay(least + (i * Step)), 0, top)).MinBy(static s => s.Waste)!;
        Box ground = new("ground", 0, 0, sheet.Width, sheet.Height)
        {
            Texts = hasHeading ? [.. Heading(topology, trouble, sheet.Right - Margin)] : [],
            Boxes = [.. sheet.Legend, .. sheet.Rows.Place(Margin, sheet.Top)],
        };
        if (width is not int exact || exact >= ground.Width) return new(ground, ground.Width, ground.Height);
        return new(ground, exact, Math.Max((int)Math.Round((double)ground.Height * exact / ground.Width), 1));
    }

    private static IEnumerable<BoxText> Heading(NetworkTopology topology, string trouble, int width)
    {
        yield return new(Font.Heading, Margin, Margin + 22, Font.Heading.Fit(TopologyWords.Title(topology), width));
        yield return new(Font.Note, Margin, Margin + 43, Font.Note.Fit(TopologyWords.Summary(topology), width));
        if (trouble.Length == 0) yield break;
        yield return new(Font.Trouble, Margin, Margin + 63, Font.Trouble.Fit(TopologyWords.Marked(trouble), width));
    }

    private static IEnumerable<Block> PanelsOf(NetworkTopology topology)
    {
        ILookup<ContainerNic, string> neighbors = topology.Neighbors;
        foreach (TopologyLink link in topology.Links.Where(static l => !l.IsDummy))
        {
            yield return new PanelBlock(LinkHead.OfTrunk(link), BlocksOn(link));
        }

        Block[] dummies = [.. topology.Links.Where(static l => l.IsDummy).Select(BlockOf)];
        if (dummies.Length > 0) yield return new PanelBlock(LinkHead.Isle, dummies);

        Block BlockOf(TopologyLink link) => new LinkBlock(LinkHead.Of(link), BlocksOn(link));

        Block[] BlocksOn(TopologyLink link) =>
            [.. link.Networks.Select(n => new NetworkBlock(n, neighbors)), .. link.Links.Select(BlockOf)];
    }

    // Panels in a width, with the legend above them.
    private sealed class Sheet
    {
        public Sheet(BlockRows.Rows rows, int width, int top)
        {
            Rows = rows;
            Right = Math.Max(Math.Max(rows.Width, Narrowest) + Margin, width - Margin);
            Legend = [.. PictureLegend.Place(Margin, top, Right)];
            Top = Legend[^1].Bottom + Gap;
        }

        public BlockRows.Rows Rows { get; }

        public IReadOnlyList<Box> Legend { get; }

        public int Right { get; }

        public int Top { get; }

        public int Width => Right + Margin;

        public int Height => Top + Rows.Height + Margin;

        // How far the picture is from the shape of a sheet of paper. Of those that are equally far, the smallest one.
        public double Waste => Math.Abs(Math.Log((double)Width / Height / s_sheetShape)) + (Math.Log((double)Width * Height) / 5);
    }
}
