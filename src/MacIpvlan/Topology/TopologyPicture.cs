namespace MacIpvlan.Topology;

/// <summary>
/// Lays out a topology as a picture: each host link is a trunk, and columns of sub-interfaces and networks hang from it
/// by rails. Each box contains the boxes on it. The number of columns is the one that brings the picture closest to the
/// shape of a sheet.
/// </summary>
internal sealed class TopologyPicture
{
    private const int Margin = 28;
    private const int HeadingHeight = 62;
    private const int TroubleHeight = 20;
    private const int Gap = LinkCard.Gap;
    private const int MaxColumns = 24;
    private const int NicsPerColumn = 8;
    private const int MaxNicColumns = 16;
    private const double SheetShape = 1.5;

    private readonly NetworkTopology _topology;
    private readonly bool _hasHeading;
    private readonly LinkCard _card;
    private readonly int _columnWidth;
    private readonly Panel[] _panels;

    private TopologyPicture(NetworkTopology topology, bool hasHeading)
    {
        (_topology, _hasHeading) = (topology, hasHeading);
        int most = topology.Networks.Select(static n => n.DrawnNics.Count).DefaultIfEmpty().Max();
        NetworkCard networks = new(
            Math.Clamp((int)Math.Sqrt((double)most / NicsPerColumn), 1, MaxNicColumns), topology.Neighbors);
        _card = new(networks);
        int depth = topology.Links.Select(static l => l.IsDummy ? 1 : Depth(l)).DefaultIfEmpty().Max();
        _columnWidth = networks.Width + (depth * LinkCard.Inset);
        _panels = [.. Panels()];
    }

    /// <summary>Returns the picture as one box that contains all others.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="hasHeading">Whether a heading with the title stands above it.</param>
    public static Box Lay(NetworkTopology topology, bool hasHeading)
    {
        TopologyPicture picture = new(topology, hasHeading);
        int most = Math.Clamp(picture._panels.Sum(static p => p.Items.Count), 1, MaxColumns);
        return Enumerable.Range(1, most).Select(picture.Lay)
            .MinBy(static b => Math.Abs(Math.Log((double)b.Width / b.Height / SheetShape)))!;
    }

    private static int Depth(TopologyLink link) => link.Links.Select(static l => 1 + Depth(l)).DefaultIfEmpty().Max();

    private Box Lay(int columns)
    {
        string trouble = TopologyWords.Trouble(_topology);
        int y = Margin + (!_hasHeading ? 0 : trouble.Length == 0 ? HeadingHeight : HeadingHeight + TroubleHeight);
        // The width of the given number of one-column panels.
        int end = Margin + (columns * (PanelWidth(1) + Gap)) - Gap;
        (int x, int bottom) = (Margin, y);
        List<Box> panels = [];
        foreach (Panel panel in _panels)
        {
            int[] counts = ColumnBreaks.Find(panel.Heights, columns);
            int width = PanelWidth(counts.Length);
            if (x > Margin && x + width > end) (x, y) = (Margin, bottom + Gap);
            Box placed = Place(panel, counts, x, y, width);
            panels.Add(placed);
            x = placed.Right + Gap;
            bottom = Math.Max(bottom, placed.Bottom);
        }

        int right = panels.Select(static p => p.Right).DefaultIfEmpty(Margin + PanelWidth(1)).Max();
        panels.AddRange(PictureLegend.Place(Margin, bottom + Gap, right));
        return new("ground", 0, 0, right + Margin, panels[^1].Bottom + Margin)
        {
            Texts = _hasHeading ? [.. Heading(trouble, right - Margin)] : [],
            Boxes = panels,
        };
    }

    private IEnumerable<BoxText> Heading(string trouble, int width)
    {
        yield return new(Font.Heading, Margin, Margin + 22, Font.Heading.Fit(TopologyWords.Title(_topology), width));
        yield return new(Font.Note, Margin, Margin + 43, Font.Note.Fit(TopologyWords.Summary(_topology), width));
        if (trouble.Length == 0) yield break;
        yield return new(Font.Trouble, Margin, Margin + 63, Font.Trouble.Fit(NetworkCard.Marked(trouble), width));
    }

    private IEnumerable<Panel> Panels()
    {
        foreach (TopologyLink link in _topology.Links.Where(static l => !l.IsDummy))
        {
            yield return PanelOf((x, y, width) => LinkCard.PlaceTrunk(link, x, y, width), _card.Items(link));
        }

        PlaceBox[] dummies = [.. _topology.Links.Where(static l => l.IsDummy)
            .Select(l => (PlaceBox)((x, y, width) => _card.Place(l, x, y, width)))];
        if (dummies.Length > 0) yield return PanelOf(LinkCard.PlaceIsle, dummies);
    }

    private Panel PanelOf(PlaceBox trunk, IReadOnlyList<PlaceBox> items) =>
        new(trunk, items, [.. items.Select(i => i(0, 0, _columnWidth).Height + Gap)]);

    private int PanelWidth(int columns) => (columns * (LinkCard.Rail + _columnWidth + Gap)) + (2 * Gap);

    private Box Place(Panel panel, int[] counts, int x, int y, int width)
    {
        Box trunk = panel.Trunk(x, y, width);
        List<Box> boxes = [trunk];
        List<Wire> wires = [];
        int next = 0;
        for (int column = 0; column < counts.Length; column++)
        {
            int left = x + Gap + (column * (LinkCard.Rail + _columnWidth + Gap));
            int top = trunk.Bottom + Gap;
            for (int last = next + counts[column]; next < last; next++)
            {
                Box box = panel.Items[next](left + LinkCard.Rail, top, _columnWidth);
                boxes.Add(box);
                wires.Add(new(left + LinkCard.RailInset, trunk.Bottom, box.X, top + NetworkCard.WireHeight));
                top = box.Bottom + Gap;
            }
        }

        return new("panel", x, y, width, boxes.Max(static b => b.Bottom) + Gap - y) { Boxes = boxes, Wires = wires };
    }

    // A trunk, the boxes that hang from it, and their heights.
    private sealed record Panel(PlaceBox Trunk, IReadOnlyList<PlaceBox> Items, IReadOnlyList<int> Heights);
}
