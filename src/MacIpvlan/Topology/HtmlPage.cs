using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MacIpvlan.State;

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
        Markup page = new();
        page.Line($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{Hash(style)}'; script-src '{Hash(PageStyle.Script)}'; base-uri 'none'; form-action 'none'"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <title>{Markup.Escape(TopologyWords.Title(topology))}</title>
            <style>{style}</style>
            </head>
            <body>
            <header>
            <h1>{Markup.Escape(TopologyWords.Title(topology))}</h1>
            <p>{Markup.Escape(TopologyWords.Summary(topology))}</p>
            <p class="unwell">{(trouble.Length == 0 ? "" : Markup.Escape(NetworkCard.Marked(trouble)))}</p>
            <label hidden="">Search <input type="search" placeholder="name, address, state" autocomplete="off"/></label>
            </header>
            <main>
            """);
        page.Line($"<figure tabindex=\"0\">\n{SvgPicture.Draw(topology, picture, sheet: null)}</figure>");
        DrawNetworks(page, topology);
        DrawNics(page, topology);
        page.Line($"</main>\n<script>{PageStyle.Script}</script>\n</body>\n</html>");
        return page.ToString();
    }

    private static string Hash(string text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static void DrawNetworks(Markup page, NetworkTopology topology)
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

        page.Line($"</tbody></table></section>");
    }

    private static void DrawNics(Markup page, NetworkTopology topology)
    {
        DrawHead(page, "NICs", "Network", "Container or namespace", "Interface", "Addresses", "MAC address", "MTU", "State");
        foreach (TopologyNetwork drawn in topology.Networks)
        {
            if (drawn.HostAccess is HostAccess access)
            {
                DrawRow(
                    page, access.State == NicState.Attached, [drawn.Network.Name], ["host"], [access.InterfaceName],
                    [.. access.IPAddress], [access.MacAddress], [], [access.State.ToString()]);
            }

            foreach (ContainerNic nic in drawn.Nics)
            {
                DrawRow(
                    page, nic.State == NicState.Attached, [drawn.Network.Name], [TopologyWords.OwnerOf(nic)], [nic.InterfaceName],
                    [.. nic.IPAddress], [nic.MacAddress],
                    [nic.Mtu.ToString(CultureInfo.InvariantCulture)], [nic.State.ToString()]);
            }
        }

        page.Line($"</tbody></table></section>");
    }

    private static void DrawHead(Markup page, string title, params string[] columns) => page.Line($"""
        <section>
        <h2>{title}</h2>
        <table><thead><tr>{Cells("th", columns)}</tr></thead><tbody>
        """);

    private static void DrawRow(Markup page, bool isWell, params string[][] cells) => page.Line(
        $"<tr class=\"found{(isWell ? "" : " unwell")}\">{Cells("td", cells.Select(static c => string.Join('\n', c)))}</tr>");

    private static string Cells(string tag, IEnumerable<string> texts) =>
        string.Concat(texts.Select(t => $"<{tag}>{Markup.Escape(t).Replace("\n", "<br/>", StringComparison.Ordinal)}</{tag}>"));
}
