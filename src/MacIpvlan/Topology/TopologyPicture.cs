namespace MacIpvlan.Topology;

/// <summary>
/// Lays out a topology as a picture: each host link is a trunk, from which columns of sub-interfaces and networks hang by
/// rails; boxes lie within those that they sit on. As many columns are taken as bring it nearest to the shape of a sheet.
/// </summary>
internal sealed class TopologyPicture
{
    private const int Margin = 28;
    private const int HeadingHeight = 62;
    private const int TroubleHeight = 20;
    private const int Gap = 14;
    private const int Rail = 34;
    private const int RailInset = 14;
    private const int TrunkHeight = 50;
    private const int SubHeight = 48;
    private const int LineHeight = 16;
    private const int MaxColumns = 24;
    private const int NicsInColumn = 25;
    private const int MaxNicColumns = 12;
    private const double SheetShape = 1.5;

    private readonly NetworkTopology _topology;
    private readonly NetworkCard _card;
    private readonly int _columnWidth;

    private TopologyPicture(NetworkTopology topology)
    {
        _topology = topology;
        int most = topology.Networks.Select(static n => n.DrawnNics.Count).DefaultIfEmpty().Max();
        _card = new(Math.Clamp((int)Math.Sqrt((double)most / NicsInColumn), 1, MaxNicColumns));
        int depth = topology.Links.Select(static l => l.IsDummy ? 1 : Depth(l)).DefaultIfEmpty().Max();
        _columnWidth = _card.Width + (depth * (Rail + Gap));
    }

    /// <summary>The picture as one box with all others in it.</summary>
    public static Box Lay(NetworkTopology topology)
    {
        TopologyPicture picture = new(topology);
        return Enumerable.Range(1, MaxColumns).Select(picture.Lay)
            .MinBy(static b => Math.Abs(Math.Log((double)b.Width / b.Height / SheetShape)))!;
    }

    private static int Depth(TopologyLink link) => link.Links.Select(static l => 1 + Depth(l)).DefaultIfEmpty().Max();

    private Box Lay(int columns)
    {
        List<Box> panels = [];
        int widest = PanelWidth(columns);
        int y = Margin + HeadingHeight + (TopologyWords.Trouble(_topology).Length > 0 ? TroubleHeight : 0);
        (int x, int bottom) = (Margin, y);
        foreach (Func<int, int, Box> place in Panels(columns))
        {
            Box panel = place(x, y);
            if (x > Margin && panel.Right > Margin + widest) panel = place(x = Margin, y = bottom + Gap);
            panels.Add(panel);
            x = panel.Right + Gap;
            bottom = Math.Max(bottom, panel.Bottom);
        }

        int right = panels.Select(static p => p.Right).DefaultIfEmpty(Margin + PanelWidth(1)).Max();
        panels.AddRange(PictureLegend.Place(Margin, bottom + Gap, right));
        return new("ground", 0, 0, right + Margin, panels[^1].Bottom + Margin) { Texts = [.. Heading(right - Margin)], Boxes = panels };
    }

    private IEnumerable<BoxText> Heading(int width)
    {
        yield return new(Font.Heading, Margin, Margin + 22, Font.Heading.Fit(TopologyWords.Title(_topology), width));
        yield return new(Font.Note, Margin, Margin + 43, Font.Note.Fit(TopologyWords.Summary(_topology), width));
        string trouble = TopologyWords.Trouble(_topology);
        if (trouble.Length > 0) yield return new(Font.Trouble, Margin, Margin + 63, Font.Trouble.Fit(NetworkCard.Marked(trouble), width));
    }

    private IEnumerable<Func<int, int, Box>> Panels(int columns)
    {
        foreach (TopologyLink link in _topology.Links.Where(static l => !l.IsDummy))
        {
            string[] notes = [TopologyWords.Of(link), .. link.Addresses.Count == 0 ? (string[])[] : [string.Join(", ", link.Addresses)]];
            yield return (x, y) => PlacePanel(
                TopologyWords.Clean(link.Name), notes, TopologyWords.Trouble(link), [.. Items(link)], columns, x, y);
        }

        Item[] dummies = [.. _topology.Links.Where(static l => l.IsDummy).Select(l => (Item)((x, y, width) => PlaceLink(l, x, y, width)))];
        if (dummies.Length == 0) yield break;
        yield return (x, y) => PlacePanel("no uplink", ["dummy links, which lead nowhere"], "", dummies, columns, x, y);
    }

    private IEnumerable<Item> Items(TopologyLink link) =>
    [
        .. link.Networks.Select(n => (Item)((x, y, width) => _card.Place(n, x, y, width))),
        .. link.Links.Select(l => (Item)((x, y, width) => PlaceLink(l, x, y, width))),
    ];

    private int PanelWidth(int columns) => Gap + (columns * (Rail + _columnWidth)) + ((columns - 1) * Gap) + (2 * Gap);

    private Box PlacePanel(string name, string[] notes, string trouble, Item[] items, int columns, int x, int y)
    {
        int[] heights = [.. items.Select(i => i(0, 0, _columnWidth).Height + Gap)];
        int[] counts = ColumnBreaks.Find(heights, columns);
        int width = PanelWidth(counts.Length);
        Box trunk = PlaceTrunk(name, notes, trouble, x, y, width);
        List<Box> boxes = [trunk];
        List<Wire> wires = [];
        int next = 0;
        for (int column = 0; column < counts.Length; column++)
        {
            int left = x + Gap + (column * (Rail + _columnWidth + Gap));
            int top = trunk.Bottom + Gap;
            foreach (Item item in items[next..(next += counts[column])])
            {
                Box box = item(left + Rail, top, _columnWidth);
                boxes.Add(box);
                wires.Add(new(left + RailInset, trunk.Bottom, box.X, top + NetworkCard.WireHeight));
                top = box.Bottom + Gap;
            }
        }

        return new("panel", x, y, width, boxes.Max(static b => b.Bottom) + Gap - y) { Boxes = boxes, Wires = wires };
    }

    private static Box PlaceTrunk(string name, string[] notes, string trouble, int x, int y, int width)
    {
        const int Pad = 16;
        int room = width - (2 * Pad);
        string mark = trouble.Length == 0 ? "" : NetworkCard.Marked(trouble);
        List<BoxText> texts =
        [
            new(Font.Trunk, x + Pad, y + 22, Font.Trunk.Fit(name, room - Font.Trouble.Measure(mark) - Gap)),
            .. notes.Select((n, i) => new BoxText(Font.TrunkNote, x + Pad, y + 40 + (i * LineHeight), Font.TrunkNote.Fit(n, room))),
        ];
        if (mark.Length > 0) texts.Add(new(Font.Trouble, x + width - Pad, y + 22, mark) { Anchor = TextAnchor.End });
        return new(trouble.Length == 0 ? "trunk" : "trunk unwell", x, y, width, TrunkHeight + ((notes.Length - 1) * LineHeight))
        {
            Tip = string.Join('\n', [name, .. notes]),
            Texts = texts,
        };
    }

    private Box PlaceLink(TopologyLink link, int x, int y, int width)
    {
        const int Pad = 14;
        int room = width - (2 * Pad);
        string name = TopologyWords.Clean(link.Name), trouble = TopologyWords.Trouble(link);
        string mark = trouble.Length == 0 ? "" : NetworkCard.Marked(trouble);
        List<BoxText> texts =
        [
            new(Font.Name, x + Pad, y + 21, Font.Name.Fit(name, room - Font.Trouble.Measure(mark) - Gap)),
            new(Font.Note, x + Pad, y + 38, Font.Note.Fit(TopologyWords.Of(link), room)),
        ];
        if (mark.Length > 0) texts.Add(new(Font.Trouble, x + width - Pad, y + 21, mark) { Anchor = TextAnchor.End });
        int bottom = y + SubHeight;
        foreach (string address in link.Addresses.Select(static a => $"{a}"))
        {
            texts.Add(new(Font.Address, x + Pad, bottom + 5, Font.Address.Fit(address, room)));
            bottom += LineHeight;
        }

        List<Box> boxes = [];
        List<Wire> wires = [];
        foreach (Item item in Items(link))
        {
            Box box = item(x + Rail, (boxes.Count == 0 ? bottom : boxes[^1].Bottom) + (boxes.Count == 0 ? 0 : Gap), width - Rail - Gap);
            boxes.Add(box);
            wires.Add(new(x + RailInset + 4, bottom, box.X, box.Y + NetworkCard.WireHeight));
        }

        string look = $"link{(link.IsDummy ? " dummy" : "")}{(trouble.Length > 0 ? " unwell" : "")}";
        return new(look, x, y, width, boxes[^1].Bottom + Gap - y)
        {
            Tip = $"{name}: {TopologyWords.Of(link)}{(mark.Length > 0 ? $"\n{mark}" : "")}",
            Texts = texts,
            Boxes = boxes,
            Wires = wires,
        };
    }

    // Places a sub-interface or a network: left edge, upper edge, width.
    private delegate Box Item(int x, int y, int width);
}
