using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace MacIpvlan.Topology;

/// <summary>Draws a topology as an HTML page: the picture, and searchable tables of networks and NICs.</summary>
public static class HtmlPage
{
    /// <summary>Returns a self-contained page, which isn't allowed to load anything.</summary>
    public static string Draw(NetworkTopology topology)
    {
        Box picture = TopologyPicture.Lay(topology, hasHeading: false);
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
            page.Text("p", trouble.Length == 0 ? "" : NetworkCard.Marked(trouble), ("class", "unwell"));
            page.Start("label", ("hidden", ""));
            page.WriteString("Search ");
            page.Empty("input", ("type", "search"), ("placeholder", "name, address, state"), ("autocomplete", "off"));
            page.WriteEndElement();
            page.WriteEndElement();
            page.Start("main");
            page.Start("figure", ("tabindex", 0));
            SvgPicture.Draw(page, topology, picture, sheet: null);
            page.WriteEndElement();
            DrawNetworks(page, topology);
            DrawNics(page, topology);
            page.WriteEndElement();
            DrawCode(page, "script", PageStyle.Script);
            page.WriteEndElement();
            page.WriteEndElement();
        });
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static void DrawNetworks(XmlWriter page, NetworkTopology topology)
    {
        DrawHead(page, "Networks", "Network", "Kind", "Parent", "Subnets", "Gateway", "In use", "Free", "State");
        foreach (ContainerNetwork network in topology.Networks.Select(static n => n.Network))
        {
            string kind = string.Join(", ", TopologyWords.TraitsOf(network).Prepend(TopologyWords.KindOf(network)));
            DrawRow(
                page, network.State == NetworkState.Ready, [network.Name], [kind], [network.Parent],
                [.. network.Subnets.Select(static s => $"{s}")],
                [.. network.Subnets.Select(static s => s.Gateway ?? "none")],
                [.. network.Subnets.Select(static s => TopologyWords.Count(s.InUse))],
                [.. network.Subnets.Select(static s => TopologyWords.Count(s.Free))],
                [network.State.ToString()]);
        }

        DrawFoot(page);
    }

    private static void DrawNics(XmlWriter page, NetworkTopology topology)
    {
        DrawHead(page, "NICs", "Network", "Container or namespace", "Interface", "Addresses", "MAC address", "MTU", "State");
        foreach (TopologyNetwork drawn in topology.Networks)
        {
            if (drawn.HostAccess is HostAccess access)
            {
                DrawRow(
                    page, access.State == NicState.Up, [drawn.Network.Name], ["host"], [access.InterfaceName],
                    [.. access.IPAddress], [access.MacAddress], [], [access.State.ToString()]);
            }

            foreach (ContainerNic nic in drawn.Nics)
            {
                DrawRow(
                    page, nic.State == NicState.Up, [drawn.Network.Name], [TopologyWords.OwnerOf(nic)], [nic.InterfaceName],
                    [.. nic.IPAddress], [nic.MacAddress],
                    [nic.Mtu.ToString(CultureInfo.InvariantCulture)], [nic.State.ToString()]);
            }
        }

        DrawFoot(page);
    }

    private static void DrawHead(XmlWriter page, string title, params ReadOnlySpan<string> columns)
    {
        page.Start("section");
        page.Text("h2", title);
        page.Start("table");
        page.Start("thead");
        page.Start("tr");
        foreach (string column in columns) page.Text("th", column);
        page.WriteEndElement();
        page.WriteEndElement();
        page.Start("tbody");
    }

    private static void DrawRow(XmlWriter page, bool isWell, params ReadOnlySpan<string[]> cells)
    {
        page.Start("tr", ("class", isWell ? "found" : "found unwell"));
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

        page.WriteEndElement();
    }

    private static void DrawFoot(XmlWriter page)
    {
        page.WriteFullEndElement();
        page.WriteEndElement();
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
