namespace MacIpvlan.Topology;

/// <summary>Lays out a link: a trunk across its panel, or a card with the networks and sub-interfaces on it.</summary>
internal sealed record LinkCard(NetworkCard Networks)
{
    /// <summary>How much narrower a card is than the one around it.</summary>
    public const int Inset = Rail + Gap;

    /// <summary>The space to the left of boxes for the rail that they hang from.</summary>
    public const int Rail = 34;

    /// <summary>The position of the rail in that space.</summary>
    public const int RailInset = 14;

    /// <summary>The space between boxes.</summary>
    public const int Gap = 14;

    private const int Pad = 16;
    private const int LineHeight = 16;

    /// <summary>The networks and sub-interfaces on a link, each as a function that places its box.</summary>
    public IReadOnlyList<PlaceBox> Items(TopologyLink link) =>
    [
        .. link.Networks.Select(n => (PlaceBox)((x, y, width) => Networks.Place(n, x, y, width))),
        .. link.Links.Select(l => (PlaceBox)((x, y, width) => Place(l, x, y, width))),
    ];

    /// <summary>The box of a host link, without the boxes on it.</summary>
    public static Box PlaceTrunk(TopologyLink link, int x, int y, int width)
    {
        string[] notes = [TopologyWords.Of(link), .. link.Addresses.Count == 0 ? (string[])[] : [string.Join(", ", link.Addresses)]];
        return PlaceHead("trunk", link.Name, TopologyWords.Trouble(link), notes, (Font.Trunk, Font.TrunkNote), x, y, width);
    }

    /// <summary>The box that takes the place of a trunk for links without an uplink.</summary>
    public static Box PlaceIsle(int x, int y, int width) => PlaceHead(
        "trunk isle", "no uplink", "", ["dummy links, not connected to hardware"], (Font.Trunk, Font.TrunkNote), x, y, width);

    /// <summary>The box of a sub-interface or a dummy link, with the boxes on it.</summary>
    public Box Place(TopologyLink link, int x, int y, int width)
    {
        string[] notes = [TopologyWords.Of(link), .. link.Addresses.Select(static a => $"{a}")];
        Box head = PlaceHead(
            link.IsDummy ? "link dummy" : "link", link.Name, TopologyWords.Trouble(link), notes, (Font.Name, Font.Note), x, y, width);
        List<Box> boxes = [];
        List<Wire> wires = [];
        int top = head.Bottom;
        foreach (PlaceBox place in Items(link))
        {
            Box box = place(x + Rail, top, width - Inset);
            boxes.Add(box);
            wires.Add(new(x + RailInset + 4, head.Bottom, box.X, box.Y + NetworkCard.WireHeight));
            top = box.Bottom + Gap;
        }

        return head with { Height = top - y, Boxes = boxes, Wires = wires };
    }

    private static Box PlaceHead(
        string look, string name, string trouble, string[] notes, (Font Name, Font Note) fonts, int x, int y, int width)
    {
        const int NameLine = 22;
        const int NoteLine = 40;
        int room = width - (2 * Pad);
        string mark = trouble.Length == 0 ? "" : NetworkCard.Marked(trouble);
        string shown = PrintableText.Clean(name);
        List<BoxText> texts = [new(fonts.Name, x + Pad, y + NameLine, fonts.Name.Fit(shown, room - Font.Trouble.Measure(mark) - Gap))];
        if (mark.Length > 0) texts.Add(new(Font.Trouble, x + width - Pad, y + NameLine, mark) { Anchor = TextAnchor.End });
        texts.AddRange(notes.Select((note, i) => new BoxText(
            fonts.Note, x + Pad, y + NoteLine + (i * LineHeight), fonts.Note.Fit(note, room))));
        return new($"{look}{(mark.Length > 0 ? " unwell" : "")}", x, y, width, NoteLine + (notes.Length * LineHeight) - 6)
        {
            Tip = string.Join('\n', [shown, .. notes, mark]).TrimEnd(),
            Texts = texts,
        };
    }
}

/// <summary>Places a box at a left edge and an upper edge, with a width.</summary>
internal delegate Box PlaceBox(int x, int y, int width);
