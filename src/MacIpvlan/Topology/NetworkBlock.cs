using System.Numerics;

namespace MacIpvlan.Topology;

/// <summary>
/// A network: its name and mode, its subnets with their usage, and its NICs, as cards or, if there are many, as a table.
/// </summary>
internal sealed class NetworkBlock : Block
{
    // From this number of NICs, a table is easier to read than cards.
    private const int FewestRows = 8;
    private const int NicWidth = 304;
    private const int Pad = 14;
    private const int Gap = 8;
    private const int LineHeight = 17;
    private const int SubnetGap = 5;
    private const int BadgeHeight = 20;
    private const int MeterWidth = 110;
    private const int MeterHeight = 6;

    private readonly TopologyNetwork _drawn;
    private readonly NicCard[] _nics;
    private readonly NicTable? _table;

    /// <param name="drawn">The network.</param>
    /// <param name="neighbors">The other networks that the namespace of each NIC is on.</param>
    public NetworkBlock(TopologyNetwork drawn, ILookup<ContainerNic, string> neighbors)
    {
        _drawn = drawn;
        _nics = NicCard.OfAll(drawn, drawn.DrawnNics, neighbors);
        if (drawn.DrawnNics.Count >= FewestRows) _table = new(_nics);
    }

    /// <inheritdoc/>
    public override bool IsNarrow => _table is null or { Columns: 1 };

    /// <inheritdoc/>
    public override int Width => (2 * Pad) + (_table?.Width ?? NicWidth);

    /// <inheritdoc/>
    public override int MinWidth => (2 * Pad) + (_table?.MinWidth ?? NicWidth);

    private protected override Tile LayOut(int width)
    {
        int own = IsNarrow ? width : (2 * Pad) + _table!.Fit(width - (2 * Pad));
        return own != width ? Lay(own) : new(own, Place(0, 0, own).Height, (x, y) => Place(x, y, own));
    }

    private Box Place(int x, int y, int width)
    {
        ContainerNetwork network = _drawn.Network;
        List<BoxText> texts = [];
        List<Box> boxes = [];
        (int left, int right) = (x + Pad, x + width - Pad);
        Box badge = PlaceBadge(network, right, y + 10);
        boxes.Add(badge);
        texts.Add(new(Font.Name, left, y + 25, Font.Name.Fit(network.Name, badge.X - Gap - left)));
        int line = y + 25;
        string trouble = TopologyWords.Trouble(network);
        if (trouble.Length > 0) texts.Add(new(Font.Trouble, left, line += 18, Font.Trouble.Fit(TopologyWords.Marked(trouble), right - left)));
        string traits = string.Join(", ", TopologyWords.TraitsOf(network));
        if (traits.Length > 0) texts.Add(new(Font.Note, left, line += 18, Font.Note.Fit(traits, right - left)));
        if (TopologyWords.DhcpOf(network) is string dhcp)
        {
            texts.Add(new(Font.Address, left, line += LineHeight + SubnetGap, Font.Address.Fit(dhcp, right - left)));
        }

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

        boxes.AddRange(_table is null ? PlaceCards(left, line + 12, right - left) : _table.Place(left, line + 12, right - left));
        int bottom = Math.Max(line + 12 - Gap, boxes.Max(static b => b.Bottom));
        if (TopologyWords.Omitted(_drawn) is string omitted)
        {
            texts.Add(new(Font.Note, left, bottom += LineHeight, Font.Note.Fit(omitted, right - left)));
        }

        return new($"network {network.Kind}{(trouble.Length > 0 ? " unwell" : "")}", x, y, width, bottom + Pad - y)
        {
            Tip = $"{network.Name}: {TopologyWords.KindOf(network)} on {PrintableText.Clean(network.Parent)}",
            Texts = texts,
            Boxes = boxes,
        };
    }

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
        // Of a segment, only what is used here is known.
        BigInteger size = subnet.Free is BigInteger free ? subnet.InUse + free : subnet.Size;
        int fill = size.IsZero ? MeterWidth : (int)(subnet.InUse * MeterWidth / size);
        // Any usage at all is visible.
        if (fill == 0 && !subnet.InUse.IsZero) fill = 2;
        return new("meter", x, y, MeterWidth, MeterHeight) { Boxes = fill == 0 ? [] : [new("fill", x, y, fill, MeterHeight)] };
    }

    private IEnumerable<Box> PlaceCards(int x, int y, int width)
    {
        int columns = Math.Max((width + Gap) / (NicWidth + Gap), 1);
        int each = (width + Gap) / columns;
        foreach (NicCard[] row in _nics.Chunk(columns))
        {
            Box[] placed = [.. row.Select((n, i) => n.Place(x + (i * each), y, each - Gap))];
            foreach (Box box in placed) yield return box;
            y = placed.Max(static b => b.Bottom) + Gap;
        }
    }
}
