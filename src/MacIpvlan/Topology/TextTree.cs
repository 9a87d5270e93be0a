namespace MacIpvlan.Topology;

/// <summary>Draws a topology as a text tree for the terminal.</summary>
public sealed class TextTree
{
    /// <summary>The width of an ordinary terminal, in columns.</summary>
    public const int OrdinaryWidth = 80;

    private const int Indent = 3;
    private const int MaxNameWidth = 24;
    private const string Gap = "  ";
    private readonly int _width;

    private TextTree(int width) => _width = width;

    /// <summary>Returns the lines of the drawing.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="width">
    /// The available width in columns. Text that doesn't fit continues on the next line. A name that is longer than a
    /// line is shortened in its middle; an address is never shortened.
    /// </param>
    public static IEnumerable<string> Draw(NetworkTopology topology, int width = OrdinaryWidth)
    {
        TextTree tree = new(width);
        Branch[] links = [.. topology.Links.Select(l => tree.DrawLink(l, depth: 1))];
        string host = ScreenText.Fit(PrintableText.Clean(topology.Host), width);
        return Lines(new([host], links.Length > 0 ? links : [new(["no networks"], [])]), "", "");
    }

    private static IEnumerable<string> Lines(Branch branch, string first, string rest)
    {
        yield return first + branch.Text[0];
        foreach (string more in branch.Text.Skip(1)) yield return rest + (branch.Branches.Count > 0 ? "│  " : Space(Indent)) + more;
        for (int i = 0; i < branch.Branches.Count; i++)
        {
            bool isLast = i == branch.Branches.Count - 1;
            foreach (string line in Lines(
                branch.Branches[i], rest + (isLast ? "└─ " : "├─ "), rest + (isLast ? Space(Indent) : "│  "))) yield return line;
        }
    }

    private Branch DrawLink(TopologyLink link, int depth) => new(
        [
            .. Title(PrintableText.Clean(link.Name), TopologyWords.Of(link), TopologyWords.Trouble(link), Room(depth + 1)),
            .. Wrap(link.Addresses.Select(static a => $"{a}"), ", ", Room(depth + 1)),
        ],
        [.. link.Networks.Select(n => DrawNetwork(n, depth + 1)), .. link.Links.Select(l => DrawLink(l, depth + 1))]);

    private Branch DrawNetwork(TopologyNetwork drawn, int depth)
    {
        ContainerNetwork network = drawn.Network;
        // With DHCP, there can be no subnet.
        int subnetWidth = network.Subnets.Select(static s => $"{s}".Length).DefaultIfEmpty().Max();
        int gatewayWidth = network.Subnets.Select(static s => TopologyWords.GatewayOf(s).Length).DefaultIfEmpty().Max();
        string traits = string.Concat(TopologyWords.TraitsOf(network).Select(static t => $", {t}"));
        return new(
            [
                .. Title(network.Name, TopologyWords.KindOf(network) + traits, TopologyWords.Trouble(network), Room(depth + 1)),
                .. TopologyWords.DhcpOf(network) is string dhcp ? Wrap(dhcp.Split(' '), " ", Room(depth + 1)) : [],
                .. network.Subnets.SelectMany(s => Wrap(
                    [$"{s}".PadRight(subnetWidth), TopologyWords.GatewayOf(s).PadRight(gatewayWidth), TopologyWords.UsageOf(s)],
                    Gap, Room(depth + 1))),
            ],
            [.. DrawNics(drawn, Room(depth + 1))]);
    }

    private static IEnumerable<Branch> DrawNics(TopologyNetwork network, int room)
    {
        Row[] rows =
        [
            .. network.HostAccess is HostAccess access
                ? [new Row($"host/{PrintableText.Clean(access.InterfaceName)}", access.IPAddress.Texts, "", TopologyWords.Trouble(access.State), TopologyWords.TrafficLineOf(network, access.Seen))]
                : (Row[])[],
            .. network.DrawnNics.Select(n => new Row(
                TopologyWords.NameOf(n), n.IPAddress.Texts, TopologyWords.MacOf(n), TopologyWords.Trouble(n), TopologyWords.TrafficLineOf(network, n.Seen))),
        ];
        int nameWidth = Math.Min(MaxNameWidth, Widest(static r => ScreenText.Measure(r.Name)));
        int addressWidth = Widest(static r => r.Addresses.Select(static a => a.Length).DefaultIfEmpty().Max());
        // If there isn't enough room, MAC addresses are dropped first, then long names are shortened. A problem can have a
        // line of its own.
        bool hasMac = nameWidth + Widest(r => Details(r, withMac: true).Length) <= room;
        nameWidth = Math.Min(nameWidth, Math.Max(room - Widest(r => Details(r, hasMac).Length), Indent));
        string column = Space(nameWidth + Gap.Length - Indent);
        foreach (Row row in rows)
        {
            string details = Details(row, hasMac);
            string line = ScreenText.Pad(row.Name, nameWidth) + details;
            IEnumerable<string> more = row.Addresses.Skip(1).Concat(row.Traffic).Select(a => column + a);
            string below = column + details[Gap.Length..];
            if (ScreenText.Measure(line) <= room) yield return new([line, .. more], []);
            else if (Indent + below.Length <= room) yield return new([ScreenText.Fit(row.Name, room), below, .. more], []);
            else yield return new([ScreenText.Fit(row.Name, room), below[..^Mark(row).Length], .. more, column + Mark(row)[Gap.Length..]], []);
        }

        if (TopologyWords.Omitted(network) is string omitted) yield return new([omitted], []);

        int Widest(Func<Row, int> width) => rows.Select(width).DefaultIfEmpty().Max();

        string Details(Row row, bool withMac)
        {
            string address = row.Addresses.Count > 0 ? row.Addresses[0] : "no address";
            string mac = withMac && row.Mac.Length > 0 ? Gap + row.Mac : "";
            return $"{Gap}{address.PadRight(addressWidth)}{mac}".TrimEnd() + Mark(row);
        }

        static string Mark(Row row) => row.Trouble.Length > 0 ? $"{Gap}[{row.Trouble}]" : "";
    }

    private static IReadOnlyList<string> Title(string name, string text, string trouble, int room) =>
        Wrap([$"{ScreenText.Fit(name, room)} ", .. text.Split(' '), .. trouble.Length > 0 ? [$" [{trouble}]"] : (string[])[]], " ", room);

    private static IReadOnlyList<string> Wrap(IEnumerable<string> parts, string separator, int room)
    {
        List<string> lines = [];
        foreach (string part in parts)
        {
            bool fits = lines.Count > 0 && ScreenText.Measure(lines[^1]) + separator.Length + part.Length <= room;
            if (fits) lines[^1] += separator + part;
            else lines.Add(part);
        }

        return [.. lines.Select(static l => l.Trim())];
    }

    // If a terminal is too narrow for the tree, names take precedence and lines can be longer than its width.
    private int Room(int depth) => Math.Max(_width - (depth * Indent), MaxNameWidth);

    private static string Space(int count) => new(' ', Math.Max(count, 0));

    private sealed record Branch(IReadOnlyList<string> Text, IReadOnlyList<Branch> Branches);

    private sealed record Row(string Name, IReadOnlyList<string> Addresses, string Mac, string Trouble, string[] Traffic);
}
