namespace MacIpvlan.Topology;

/// <summary>Lays out a NIC: its owner, name, addresses and problems.</summary>
internal sealed record NicCard(string Class, string Owner, string Interface, IReadOnlyList<string> Addresses)
{
    private const int Pad = 10;
    private const int Gap = 8;
    private const int FirstLine = 19;
    private const int LineHeight = 17;
    private const int BelowLastLine = 9;

    private string MacAddress { get; init; } = "";

    private string Neighbors { get; init; } = "";

    private string Trouble { get; init; } = "";

    /// <summary>The NIC of a container.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="neighbors">The other networks of its namespace.</param>
    public static NicCard Of(ContainerNic nic, IEnumerable<string> neighbors) =>
        new("nic", TopologyWords.OwnerOf(nic), PrintableText.Clean(nic.InterfaceName), nic.IPAddress)
        {
            MacAddress = TopologyWords.MacOf(nic),
            Neighbors = string.Join(", ", neighbors),
            Trouble = TopologyWords.Trouble(nic),
        };

    /// <summary>The host's access to a network.</summary>
    public static NicCard Of(HostAccess access) =>
        new("nic own", "host", PrintableText.Clean(access.InterfaceName), access.IPAddress)
        {
            Trouble = TopologyWords.Trouble(access.State),
        };

    /// <summary>The box of the NIC.</summary>
    public Box Place(int x, int y, int width)
    {
        (int left, int right) = (x + Pad, x + width - Pad);
        int line = y + FirstLine;
        string device = Font.Note.Fit(Interface, (right - left) / 2);
        List<BoxText> texts =
        [
            new(Font.Nic, left, line, Font.Nic.Fit(Owner, right - left - Font.Note.Measure(device) - Gap)),
            new(Font.Note, right, line, device) { Anchor = TextAnchor.End },
        ];
        foreach (string address in Addresses) AddLine(Font.Address, address);
        // The MAC address goes next to the last address if it fits; otherwise it appears only in the tooltip.
        double room = right - left - Gap - (Addresses.Count > 0 ? Font.Address.Measure(texts[^1].Text) : double.MaxValue);
        if (MacAddress.Length > 0 && Font.Note.Measure(MacAddress) <= room)
        {
            texts.Add(new(Font.Note, right, line, MacAddress) { Anchor = TextAnchor.End });
        }

        if (Neighbors.Length > 0) AddLine(Font.Note, $"also on {Neighbors}");
        if (Trouble.Length > 0) AddLine(Font.Trouble, NetworkCard.Marked(Trouble));
        return new(Trouble.Length > 0 ? $"{Class} unwell" : Class, x, y, width, line + BelowLastLine - y)
        {
            Tip = string.Join('\n', ((string[])[$"{Owner}/{Interface}", .. Addresses, MacAddress, Trouble])
                .Where(static t => t.Length > 0)),
            Texts = texts,
        };

        void AddLine(Font font, string text) => texts.Add(new(font, left, line += LineHeight, font.Fit(text, right - left)));
    }
}
