using System.Numerics;

namespace MacIpvlan.Topology;

/// <summary>Lays out a network: its name and mode, its subnets with their usage, and its NICs in a grid.</summary>
/// <param name="Columns">The number of columns of the grid.</param>
/// <param name="Neighbors">The other networks that the namespace of each NIC is on.</param>
internal sealed record NetworkCard(int Columns, ILookup<ContainerNic, string> Neighbors)
{
    /// <summary>Where wires meet a box, measured from its upper edge.</summary>
    public const int WireHeight = 20;

    private const int NicWidth = 304;
    private const int Pad = 14;
    private const int Gap = 8;
    private const int LineHeight = 17;
    private const int SubnetGap = 5;
    private const int BadgeHeight = 20;
    private const int MeterWidth = 110;
    private const int MeterHeight = 6;

    /// <summary>The width of the card.</summary>
    public int Width => (2 * Pad) + (Columns * (NicWidth + Gap)) - Gap;

    /// <summary>The box of a network.</summary>
    public Box Place(TopologyNetwork drawn, int x, int y, int width)
    {
        ContainerNetwork network = drawn.Network;
        List<BoxText> texts = [];
        List<Box> boxes = [];
        (int left, int right) = (x + Pad, x + width - Pad);
        Box badge = PlaceBadge(network, right, y + 10);
        boxes.Add(badge);
        texts.Add(new(Font.Name, left, y + 25, Font.Name.Fit(network.Name, badge.X - Gap - left)));
        int line = y + 25;
        if (TopologyWords.Trouble(network) is { Length: > 0 } trouble) texts.Add(new(Font.Trouble, left, line += 18, Marked(trouble)));
        string traits = string.Join(", ", TopologyWords.TraitsOf(network));
        if (traits.Length > 0) texts.Add(new(Font.Note, left, line += 18, Font.Note.Fit(traits, right - left)));
        foreach (NetworkSubnet subnet in network.Subnets)
        {
            line += LineHeight + SubnetGap;
            string prefix = Font.Address.Fit($"{subnet}", right - left);
            texts.Add(new(Font.Address, left, line, prefix));
            string gateway = TopologyWords.GatewayOf(subnet);
            if (left + Font.Address.Measure(prefix) + Gap + Font.Note.Measure(gateway) > right) line += LineHeight;
            texts.Add(new(Font.Note, right, line, Font.Note.Fit(gateway, right - left)) { Anchor = TextAnchor.End });
            line += LineHeight;
            boxes.Add(PlaceMeter(subnet, left, line - MeterHeight));
            string usage = Font.Note.Fit(TopologyWords.UsageOf(subnet), right - left - MeterWidth - Gap);
            texts.Add(new(Font.Note, right, line, usage) { Anchor = TextAnchor.End });
        }

        int bottom = PlaceNics(drawn, boxes, left, line + 12, width - (2 * Pad));
        if (TopologyWords.Omitted(drawn) is string omitted)
        {
            texts.Add(new(Font.Note, left, bottom += LineHeight, Font.Note.Fit(omitted, right - left)));
        }

        string look = $"network {network.Kind}{(network.State == NetworkState.Ready ? "" : " unwell")}";
        return new(look, x, y, width, bottom + Pad - y)
        {
            Tip = $"{network.Name}: {TopologyWords.KindOf(network)} on {PrintableText.Clean(network.Parent)}",
            Texts = texts,
            Boxes = boxes,
        };
    }

    /// <summary>A problem, marked with a sign that is visible without color.</summary>
    public static string Marked(string trouble) => $"⚠ {trouble}";

    private static Box PlaceBadge(ContainerNetwork network, int right, int y)
    {
        string kind = TopologyWords.KindOf(network);
        int width = (int)Math.Ceiling(Font.Badge.Measure(kind)) + 16;
        return new($"badge {network.Kind}", right - width, y, width, BadgeHeight)
        {
            Texts = [new(Font.Badge, right - (width / 2), y + 14, kind) { Anchor = TextAnchor.Middle }],
        };
    }

    private static Box PlaceMeter(NetworkSubnet subnet, int x, int y)
    {
        BigInteger size = subnet.InUse + subnet.Free;
        int fill = size.IsZero ? MeterWidth : (int)(subnet.InUse * MeterWidth / size);
        // Any usage at all is visible.
        if (fill == 0 && !subnet.InUse.IsZero) fill = 2;
        return new("meter", x, y, MeterWidth, MeterHeight) { Boxes = fill == 0 ? [] : [new("fill", x, y, fill, MeterHeight)] };
    }

    private int PlaceNics(TopologyNetwork drawn, List<Box> boxes, int x, int y, int width)
    {
        NicCard[] nics =
        [
            .. drawn.HostAccess is HostAccess access ? [NicCard.Of(access)] : (NicCard[])[],
            .. drawn.DrawnNics.Select(n => NicCard.Of(n, Neighbors[n])),
        ];
        int each = (width + Gap) / Columns;
        int bottom = y - Gap;
        foreach (NicCard[] row in nics.Chunk(Columns))
        {
            int top = bottom + Gap;
            Box[] placed = [.. row.Select((n, i) => n.Place(x + (i * each), top, each - Gap))];
            boxes.AddRange(placed);
            bottom = placed.Max(static b => b.Bottom);
        }

        return bottom;
    }
}
