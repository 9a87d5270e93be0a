using System.Globalization;
using System.Text;

namespace MacIpvlan.Topology;

/// <summary>Draws a topology as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html).</summary>
public static class MermaidChart
{
    /// <summary>Returns the flowchart.</summary>
    public static string Draw(NetworkTopology topology)
    {
        Chart chart = new();
        string host = chart.Add("host", "[[{0}]]", [topology.Host], "");
        foreach (TopologyLink link in topology.Links) DrawLink(chart, host, link);
        return chart.ToString();
    }

    private static void DrawLink(Chart chart, string below, TopologyLink link)
    {
        string trouble = TopologyWords.Trouble(link);
        string[] lines = [link.Name, TopologyWords.Of(link), .. link.Addresses.Select(static a => $"{a}")];
        string id = chart.Add("link", "[{0}]", lines, trouble);
        chart.Connect(below, id);
        foreach (TopologyNetwork network in link.Networks) DrawNetwork(chart, id, network);
        foreach (TopologyLink upper in link.Links) DrawLink(chart, id, upper);
    }

    private static void DrawNetwork(Chart chart, string below, TopologyNetwork drawn)
    {
        ContainerNetwork network = drawn.Network;
        string kind = string.Join(", ", TopologyWords.TraitsOf(network).Prepend(TopologyWords.KindOf(network)));
        string[] dhcp = TopologyWords.DhcpOf(network) is string text ? [text] : [];
        string[] lines = [network.Name, kind, .. dhcp, .. network.Subnets.SelectMany(static s => (string[])[$"{s}", TopologyWords.GatewayOf(s)])];
        string id = chart.Add(network.Kind, "([{0}])", lines, TopologyWords.Trouble(network));
        chart.Connect(below, id);
        if (drawn.HostAccess is HostAccess access)
        {
            string[] own = [$"host/{access.InterfaceName}", .. access.IPAddress.Texts, .. TopologyWords.TrafficLineOf(drawn, access.Seen)];
            chart.Connect(id, chart.Add("access", "[/{0}/]", own, TopologyWords.Trouble(access.State)));
        }

        foreach (ContainerNic nic in drawn.DrawnNics)
        {
            string[] own = [TopologyWords.NameOf(nic), .. nic.IPAddress.Texts, .. TopologyWords.TrafficLineOf(drawn, nic.Seen)];
            chart.Connect(id, chart.Add("nic", "({0})", own, TopologyWords.Trouble(nic)));
        }

        if (TopologyWords.Omitted(drawn) is string omitted) chart.Connect(id, chart.Add("more", "({0})", [omitted], ""));
    }

    private sealed class Chart
    {
        private readonly StringBuilder _text = new("flowchart LR\n");
        private readonly List<string> _unwell = [];
        private int _nodes;

        public string Add(string kind, string shape, IReadOnlyList<string> lines, string trouble)
        {
            string id = string.Create(CultureInfo.InvariantCulture, $"{kind}{++_nodes}");
            if (trouble.Length > 0) _unwell.Add(id);
            string label = string.Join("<br>", lines.Concat(trouble.Length > 0 ? [$"! {trouble}"] : []).Select(Escape));
            _text.Append(CultureInfo.InvariantCulture, $"    {id}{string.Format(CultureInfo.InvariantCulture, shape, $"\"{label}\"")}\n");
            return id;
        }

        public void Connect(string from, string to) => _text.Append(CultureInfo.InvariantCulture, $"    {from} --- {to}\n");

        public override string ToString() => _unwell.Count == 0 ? _text.ToString()
            : $"{_text}    classDef unwell stroke:#c2410c,stroke-width:3px,stroke-dasharray:6 3\n    class {string.Join(',', _unwell)} unwell\n";

        // Characters that could be syntax in Mermaid, its Markdown or HTML are written as character codes.
        private static string Escape(string text)
        {
            StringBuilder escaped = new();
            foreach (Rune rune in PrintableText.Clean(text).EnumerateRunes())
            {
                bool isPlain = Rune.IsLetterOrDigit(rune) || rune.Value is ' ' or '!' or '.' or ',' or ':' or '/' or '-' or '(' or ')' or '…';
                escaped.Append(isPlain ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"#{rune.Value};"));
            }

            return escaped.ToString();
        }
    }
}
