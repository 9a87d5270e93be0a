namespace MacIpvlan.Topology;

/// <summary>The name, kind, state and addresses of a link.</summary>
internal sealed record LinkHead(string Class, string Name, string Trouble, IReadOnlyList<string> Notes, Font NameFont, Font NoteFont)
{
    private const int Pad = 16;
    private const int LineHeight = 16;
    private const int NameLine = 22;
    private const int NoteLine = 40;
    private const int BelowLastLine = 10;

    /// <summary>The head of a panel without a host link.</summary>
    public static LinkHead Isle { get; } =
        new("trunk isle", "no uplink", "", ["dummy links, not connected to hardware"], Font.Trunk, Font.TrunkNote);

    /// <summary>The height.</summary>
    public int Height => NoteLine + ((Notes.Count - 1) * LineHeight) + BelowLastLine;

    /// <summary>The head of a panel.</summary>
    public static LinkHead OfTrunk(TopologyLink link) => new(
        "trunk", PrintableText.Clean(link.Name), TopologyWords.Trouble(link),
        [TopologyWords.Of(link), .. link.Addresses.Count == 0 ? (string[])[] : [string.Join(", ", link.Addresses)]],
        Font.Trunk, Font.TrunkNote);

    /// <summary>The head of a sub-interface or a dummy link.</summary>
    public static LinkHead Of(TopologyLink link) => new(
        link.IsDummy ? "link dummy" : "link", PrintableText.Clean(link.Name), TopologyWords.Trouble(link),
        [TopologyWords.Of(link), .. link.Addresses.Select(static a => $"{a}")], Font.Name, Font.Note);

    /// <summary>The box of the link, without the boxes on it.</summary>
    public Box Place(int x, int y, int width)
    {
        int room = width - (2 * Pad);
        string mark = Trouble.Length == 0 ? "" : Font.Trouble.Fit(TopologyWords.Marked(Trouble), room / 2);
        double nameRoom = mark.Length == 0 ? room : room - Font.Trouble.Measure(mark) - BlockRows.Gap;
        List<BoxText> texts = [new(NameFont, x + Pad, y + NameLine, NameFont.Fit(Name, nameRoom))];
        if (mark.Length > 0) texts.Add(new(Font.Trouble, x + width - Pad, y + NameLine, mark) { Anchor = TextAnchor.End });
        texts.AddRange(Notes.Select((note, i) => new BoxText(
            NoteFont, x + Pad, y + NoteLine + (i * LineHeight), NoteFont.Fit(note, room))));
        return new(mark.Length > 0 ? $"{Class} unwell" : Class, x, y, width, Height)
        {
            Tip = string.Join('\n', [Name, .. Notes, Trouble]).TrimEnd(),
            Texts = texts,
        };
    }
}
