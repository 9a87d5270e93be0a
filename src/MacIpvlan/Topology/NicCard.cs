using System.Globalization;

namespace MacIpvlan.Topology;

/// <summary>A NIC: its owner, name, addresses and state, and a card with them.</summary>
internal sealed record NicCard(string Class, string Owner, string Interface, IReadOnlyList<string> Addresses)
{
    private const int Pad = 10;
    private const int Gap = 8;
    private const int FirstLine = 19;
    private const int LineHeight = 17;
    private const int BelowLastLine = 9;

    /// <summary>Its own MAC address; empty if it has none.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>Its MTU; empty for the host's access.</summary>
    public string Mtu { get; init; } = "";

    /// <summary>What it received; empty if that isn't shown.</summary>
    public string Received { get; init; } = "";

    /// <summary>What it sent; empty if that isn't shown.</summary>
    public string Sent { get; init; } = "";

    /// <summary>Its own limits; empty if it has those of its network.</summary>
    public string Limit { get; init; } = "";

    /// <summary>The other networks of its namespace.</summary>
    public string Neighbors { get; init; } = "";

    /// <summary>Its state.</summary>
    public required string State { get; init; }

    /// <summary>Its problem; empty without a problem.</summary>
    public required string Trouble { get; init; }

    /// <summary>Its state, marked if it is a problem.</summary>
    public string StateText => Trouble.Length > 0 ? TopologyWords.Marked(Trouble) : State;

    /// <summary>Everything about it.</summary>
    public string Tip => string.Join('\n', ((string[])[$"{Owner}/{Interface}", .. Addresses, MacAddress, Limit, Traffic, State])
        .Where(static t => t.Length > 0));

    private string Traffic => Received.Length > 0 ? TopologyWords.TrafficLine(Received, Sent) : "";

    /// <summary>The NICs of a network that are given, after the host's access to it.</summary>
    /// <param name="drawn">The network.</param>
    /// <param name="nics">The NICs.</param>
    /// <param name="neighbors">The other networks that the namespace of each NIC is on.</param>
    public static NicCard[] OfAll(TopologyNetwork drawn, IEnumerable<ContainerNic> nics, ILookup<ContainerNic, string> neighbors) =>
    [
        .. drawn.HostAccess is HostAccess access ? [Of(access).With(TopologyWords.TrafficOf(drawn, access.Seen))] : (NicCard[])[],
        .. nics.Select(n => Of(n, neighbors[n]).With(TopologyWords.TrafficOf(drawn, n.Seen))),
    ];

    private static NicCard Of(ContainerNic nic, IEnumerable<string> neighbors) =>
        new("", TopologyWords.OwnerOf(nic), PrintableText.Clean(nic.InterfaceName), nic.IPAddress.Texts)
        {
            MacAddress = TopologyWords.MacOf(nic),
            Mtu = nic.Mtu.ToString(CultureInfo.InvariantCulture),
            Limit = TopologyWords.LimitOf(nic),
            Neighbors = string.Join(", ", neighbors),
            State = TopologyWords.Of(nic.State),
            Trouble = TopologyWords.Trouble(nic),
        };

    private static NicCard Of(HostAccess access) =>
        new(" own", "host", PrintableText.Clean(access.InterfaceName), access.IPAddress.Texts)
        {
            State = TopologyWords.Of(access.State),
            Trouble = TopologyWords.Trouble(access.State),
        };

    private NicCard With((string Received, string Sent) traffic) => this with { Received = traffic.Received, Sent = traffic.Sent };

    /// <summary>The class of its box.</summary>
    /// <param name="shape">What the box is.</param>
    public string ClassOf(string shape) => $"{shape}{Class}{(Trouble.Length > 0 ? " unwell" : "")}";

    /// <summary>The box of the card.</summary>
    public Box Place(int x, int y, int width)
    {
        (int left, int right) = (x + Pad, x + width - Pad);
        int line = y + FirstLine;
        // The owner has half of the line or more, and the state is never shortened.
        string state = Trouble.Length > 0 ? "" : Interface.Length > 0 ? $", {State}" : State;
        double most = right - left - Gap - Math.Min(Font.Nic.Measure(Owner), (right - left) / 2) - Font.Note.Measure(state);
        string device = Font.Note.Fit(Interface, most) + state;
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

        if (Traffic.Length > 0) AddLine(Font.Note, Traffic);
        if (Neighbors.Length > 0) AddLine(Font.Note, $"also on {Neighbors}");
        if (Trouble.Length > 0) AddLine(Font.Trouble, StateText);
        return new(ClassOf("nic"), x, y, width, line + BelowLastLine - y) { Tip = Tip, Texts = texts };

        void AddLine(Font font, string text) => texts.Add(new(font, left, line += LineHeight, font.Fit(text, right - left)));
    }
}
