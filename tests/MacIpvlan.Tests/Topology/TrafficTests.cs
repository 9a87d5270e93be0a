using System.Xml.Linq;
using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>What NICs received and sent, in drawings that are to show it. That it all fits is in PictureTests, for all topologies.</summary>
public sealed class TrafficTests
{
    private static readonly NetworkTopology s_counted = Topologies.Counted(Topologies.Small);

    [Fact]
    public void Lines_HaveThemBelowTheAddresses()
    {
        string[] lines = [.. TextTree.Draw(s_counted).Select(static l => l.Trim(' ', '│', '├', '─', '└'))];

        int web1 = Array.FindIndex(lines, static l => l.StartsWith("web1/eth0", StringComparison.Ordinal));
        Assert.Equal(["fd01::10/64", "received 18.4 EB, sent 1.23 kB"], lines[(web1 + 1)..(web1 + 3)]);
    }

    [Fact]
    public void Charts_HaveThemBelowTheAddresses() => Assert.Contains(
        "web1/eth0<br>10.1.0.10/24<br>fd01#58;#58;10/64<br>received 18.4 EB, sent 1.23 kB".Replace("#58;", ":", StringComparison.Ordinal),
        MermaidChart.Draw(s_counted), StringComparison.Ordinal);

    [Fact]
    public void Pictures_HaveThemOnCardsAndAsColumns()
    {
        string[] small = Texts(SvgPicture.Draw(s_counted)), mixed = Texts(SvgPicture.Draw(Topologies.Counted(Topologies.Mixed)));

        Assert.Contains("received 18.4 EB, sent 1.23 kB", small);
        Assert.Contains("Received", mixed);
        Assert.Contains("Sent", mixed);
        Assert.Contains("18.4 EB", mixed);
        Assert.Contains("1.23 kB", mixed);
    }

    [Fact]
    public void Pages_HaveThemAsColumns()
    {
        XElement page = XElement.Parse(HtmlPage.Draw(s_counted)["<!DOCTYPE html>".Length..]);
        XElement table = page.Descendants("section").Single(static s => s.Attribute("id")?.Value == "network-lan").Element("table")!;

        Assert.Equal(
            ["Container or namespace", "Interface", "Addresses", "MAC address", "MTU", "Received", "Sent", "Also on", "State"],
            table.Descendants("th").Select(static h => h.Value));
        // The host's access comes first.
        Assert.Equal(["18.4 EB", "1.23 kB"], table.Descendants("tr").ElementAt(2).Elements("td").Skip(5).Take(2).Select(static c => c.Value));
        Assert.All(table.Descendants("tr").Skip(1), static r => Assert.Equal(9, r.Elements("td").Count()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Drawings_HaveThemOnlyOnDemand(bool isWanted)
    {
        NetworkTopology topology = isWanted ? s_counted : Without(s_counted);

        Assert.All(
            [string.Join('\n', TextTree.Draw(topology)), MermaidChart.Draw(topology), SvgPicture.Draw(topology), HtmlPage.Draw(topology)],
            t => Assert.Equal(isWanted, t.Contains("18.4 EB", StringComparison.Ordinal)));
    }

    private static NetworkTopology Without(NetworkTopology topology) => topology with { Links = [.. topology.Links.Select(Without)] };

    private static TopologyLink Without(TopologyLink link) => link with
    {
        Networks = [.. link.Networks.Select(static n => n with { HasStatistics = false })], Links = [.. link.Links.Select(Without)],
    };

    private static string[] Texts(string svg) => [.. XElement.Parse(svg).Descendants().Where(static e => e.Name.LocalName == "text").Select(static e => e.Value)];
}
