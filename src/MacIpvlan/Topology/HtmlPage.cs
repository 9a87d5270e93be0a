using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace MacIpvlan.Topology;

/// <summary>
/// Draws a topology as an HTML page: an overview of the networks, the picture, and each network with its NICs, all searchable.
/// </summary>
public static class HtmlPage
{
    /// <summary>Returns a self-contained page, which isn't allowed to load anything.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="width">The width of the picture in pixels; null for the one that suits it.</param>
    public static string Draw(NetworkTopology topology, int? width = null)
    {
        TopologyPicture picture = TopologyPicture.Lay(topology, hasHeading: false, width);
        string style = PictureStyle.Sheet + PageStyle.Sheet(picture.Width);
        string trouble = TopologyWords.Trouble(topology);
        string policy = $"default-src 'none'; style-src '{Hash(style)}'; script-src '{Hash(PageStyle.Script)}'; "
            + "base-uri 'none'; form-action 'none'";
        return "<!DOCTYPE html>\n" + DrawingXml.Write(page =>
        {
            page.Start("html", ("lang", "en"));
            page.Start("head");
            page.Empty("meta", ("charset", "utf-8"));
            page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", policy));
            page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
            page.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
            page.Text("title", TopologyWords.Title(topology));
            DrawCode(page, "style", style);
            page.WriteEndElement();
            page.Start("body");
            page.Start("header");
            page.Text("h1", TopologyWords.Title(topology));
            page.Text("p", TopologyWords.Summary(topology));
            page.Text("p", trouble.Length == 0 ? "" : TopologyWords.Marked(trouble), ("class", "unwell"));
            page.Start("label", ("hidden", ""));
            page.WriteString("Search ");
            page.Empty("input", ("type", "search"), ("placeholder", "name, address, state"), ("autocomplete", "off"));
            page.WriteEndElement();
            page.WriteEndElement();
            page.Start("main");
            DrawOverview(page, topology);
            page.Start("figure", ("tabindex", 0));
            SvgPicture.Draw(page, topology, picture, sheet: null);
            page.WriteEndElement();
            ILookup<ContainerNic, string> neighbors = topology.Neighbors;
            foreach (TopologyNetwork network in topology.Networks) DrawNetwork(page, network, neighbors);
            page.WriteEndElement();
            DrawCode(page, "script", PageStyle.Script);
            page.WriteEndElement();
            page.WriteEndElement();
        });
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    // Network names have no characters that mean anything in the address of a page.
    private static string IdOf(ContainerNetwork network) => $"network-{network.Name}";

    private static void DrawOverview(XmlWriter page, NetworkTopology topology)
    {
        page.Start("section", ("id", "overview"));
        page.Text("h2", "Overview");
        DrawHead(page, "Network", "Kind", "Parent", "Subnets", "In use", "Free", "NICs", "State");
        foreach (TopologyNetwork drawn in topology.Networks)
        {
            ContainerNetwork network = drawn.Network;
            // Nobody here knows how many addresses a DHCP server has.
            string[] unknown = network.Dhcp ? [""] : [];
            string[] troubles = [.. ((string[])[TopologyWords.Trouble(network), TopologyWords.Troubles(drawn.Nics)])
                .Where(static t => t.Length > 0).Select(TopologyWords.Marked)];
            page.Start("tr", ("class", troubles.Length == 0 ? "" : "unwell"));
            page.Start("td");
            page.Text("a", network.Name, ("href", $"#{IdOf(network)}"));
            page.WriteEndElement();
            DrawCells(
                page, [TopologyWords.KindOf(network)], [PrintableText.Clean(network.Parent)],
                [.. network.AddressSource],
                [.. unknown, .. network.Subnets.Select(static s => TopologyWords.Count(s.InUse))],
                [.. unknown, .. network.Subnets.Select(static s => s.Free is BigInteger free ? TopologyWords.Count(free) : "")],
                [drawn.Nics.Count.ToString(CultureInfo.InvariantCulture)],
                troubles.Length == 0 ? [TopologyWords.Of(network.State)] : troubles);
            page.WriteEndElement();
        }

        DrawFoot(page);
        page.WriteEndElement();
    }

    private static void DrawNetwork(XmlWriter page, TopologyNetwork drawn, ILookup<ContainerNic, string> neighbors)
    {
        ContainerNetwork network = drawn.Network;
        page.Start("section", ("class", "network"), ("id", IdOf(network)));
        page.Start("div");
        page.Text("h2", network.Name);
        page.Text("p", string.Join(", ", TopologyWords.TraitsOf(network).Prepend(
            $"{TopologyWords.KindOf(network)} on {PrintableText.Clean(network.Parent)}")));
        if (TopologyWords.DhcpOf(network) is string dhcp) page.Text("p", dhcp);
        foreach (NetworkSubnet subnet in network.Subnets)
        {
            page.Text("p", $"{subnet}, {TopologyWords.GatewayOf(subnet)}, {TopologyWords.UsageOf(subnet)}");
        }

        string trouble = TopologyWords.Trouble(network);
        page.Text("p", trouble.Length == 0 ? "" : TopologyWords.Marked(trouble), ("class", "unwell"));
        page.Start("p");
        page.Text("a", "Overview", ("href", "#overview"));
        page.WriteEndElement();
        page.WriteEndElement();
        NicCard[] nics = NicCard.OfAll(drawn, drawn.Nics, neighbors);
        if (nics.Length == 0) page.Text("p", "No NICs.");
        else DrawNics(page, nics, drawn.HasStatistics);
        page.WriteEndElement();
    }

    private static void DrawNics(XmlWriter page, IEnumerable<NicCard> nics, bool hasStatistics)
    {
        string[] traffic = hasStatistics ? ["Received", "Sent"] : [];
        DrawHead(page, ["Container or namespace", "Interface", "Addresses", "MAC address", "MTU", .. traffic, "Also on", "State"]);
        foreach (NicCard nic in nics)
        {
            page.Start("tr", ("class", nic.Trouble.Length > 0 ? "unwell" : ""));
            string[][] counted = hasStatistics ? [[nic.Received], [nic.Sent]] : [];
            DrawCells(page, [[nic.Owner], [nic.Interface], [.. nic.Addresses], [nic.MacAddress], [nic.Mtu], .. counted, [nic.Neighbors], [nic.StateText]]);
            page.WriteEndElement();
        }

        DrawFoot(page);
    }

    private static void DrawHead(XmlWriter page, params ReadOnlySpan<string> columns)
    {
        page.Start("table");
        page.Start("thead");
        page.Start("tr");
        foreach (string column in columns) page.Text("th", column);
        page.WriteEndElement();
        page.WriteEndElement();
        page.Start("tbody");
    }

    private static void DrawCells(XmlWriter page, params ReadOnlySpan<string[]> cells)
    {
        foreach (string[] cell in cells)
        {
            page.Start("td");
            for (int i = 0; i < cell.Length; i++)
            {
                if (i > 0) page.Empty("br");
                page.Text(cell[i]);
            }

            page.WriteFullEndElement();
        }
    }

    private static void DrawFoot(XmlWriter page)
    {
        page.WriteFullEndElement();
        page.WriteEndElement();
    }

    // HTML takes the content of these elements as it is, so it can't be escaped.
    private static void DrawCode(XmlWriter page, string element, string code)
    {
        page.Start(element);
        page.WriteRaw(code);
        page.WriteEndElement();
    }
}
