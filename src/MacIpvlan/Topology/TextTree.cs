namespace MacIpvlan.Topology;

/// <summary>Draws a topology as a tree of lines, for the prompt.</summary>
public static class TextTree
{
    private const int Width = 80;
    private const int Indent = 3;
    private const int MaxNameWidth = 24;
    private const string Gap = "  ";

    /// <summary>The lines of the drawing.</summary>
    public static IEnumerable<string> Draw(NetworkTopology topology)
    {
        Branch[] links = [.. topology.Links.Select(static l => DrawLink(l, depth: 1))];
        return Lines(new([TopologyWords.Clean(topology.Host)], links.Length > 0 ? links : [new(["no networks"], [])]), "", "");
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

    private static Branch DrawLink(TopologyLink link, int depth) => new(
        [
            $"{TopologyWords.Clean(link.Name)}{Gap}{TopologyWords.Of(link)}{Mark(TopologyWords.Trouble(link))}",
            .. Wrap(link.Addresses.Select(static a => $"{a}"), ", ", Room(depth + 1)),
        ],
        [.. link.Networks.Select(n => DrawNetwork(n, depth + 1)), .. link.Links.Select(l => DrawLink(l, depth + 1))]);

    private static Branch DrawNetwork(TopologyNetwork drawn, int depth)
    {
        ContainerNetwork network = drawn.Network;
        int subnetWidth = network.Subnets.Max(static s => $"{s}".Length);
        int gatewayWidth = network.Subnets.Max(static s => TopologyWords.GatewayOf(s).Length);
        string traits = string.Concat(TopologyWords.TraitsOf(network).Select(static t => $", {t}"));
        return new(
            [
                $"{network.Name}{Gap}{TopologyWords.KindOf(network)}{traits}{Mark(TopologyWords.Trouble(network))}",
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
                ? [new Row($"host/{TopologyWords.Clean(access.InterfaceName)}", access.IPAddress, "", TopologyWords.Trouble(access.State))]
                : (Row[])[],
            .. network.DrawnNics.Select(static n => new Row(
                TopologyWords.NameOf(n), n.IPAddress, TopologyWords.MacOf(n), TopologyWords.Trouble(n))),
        ];
        int nameWidth = Math.Min(MaxNameWidth, rows.Select(static r => r.Name.Length).DefaultIfEmpty().Max());
        int addressWidth = rows.SelectMany(static r => r.Addresses).Select(static a => a.Length).DefaultIfEmpty().Max();
        // MAC addresses are the first to go where they find no room.
        bool hasMac = rows.All(r => Line(r, withMac: true).Length <= room);
        foreach (Row row in rows)
        {
            yield return new([Line(row, hasMac), .. row.Addresses.Skip(1).Select(a => Space(nameWidth + Gap.Length - Indent) + a)], []);
        }

        if (TopologyWords.Omitted(network) is string omitted) yield return new([omitted], []);

        string Line(Row row, bool withMac)
        {
            string address = row.Addresses.Count > 0 ? row.Addresses[0] : "no address";
            string mac = withMac && row.Mac.Length > 0 ? Gap + row.Mac : "";
            return $"{row.Name.PadRight(nameWidth)}{Gap}{address.PadRight(addressWidth)}{mac}".TrimEnd() + Mark(row.Trouble);
        }
    }

    private static IReadOnlyList<string> Wrap(IEnumerable<string> parts, string separator, int room)
    {
        List<string> lines = [];
        foreach (string part in parts)
        {
            bool fits = lines.Count > 0 && lines[^1].Length + separator.Length + part.Length <= room;
            if (fits) lines[^1] += separator + part;
            else lines.Add(part);
        }

        return [.. lines.Select(static l => l.TrimEnd())];
    }

    private static int Room(int depth) => Width - (depth * Indent);

    private static string Mark(string trouble) => trouble.Length == 0 ? "" : $"{Gap}[{trouble}]";

    private static string Space(int count) => new(' ', Math.Max(count, 0));

    private sealed record Branch(IReadOnlyList<string> Text, IReadOnlyList<Branch> Branches);

    private sealed record Row(string Name, IReadOnlyList<string> Addresses, string Mac, string Trouble);
}
