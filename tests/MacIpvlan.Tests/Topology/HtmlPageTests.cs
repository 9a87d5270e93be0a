using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>The page: complete, and closed to everything else.</summary>
public sealed class HtmlPageTests
{
    public static TheoryData<string> Names => [.. Topologies.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_IsWellFormedAndNeedsNothingElse(string name)
    {
        XDocument page = Parse(name);

        Assert.DoesNotContain(page.Descendants(), static e => e.Name.LocalName is "link" or "img" or "iframe" or "object" or "base");
        // Links lead to networks of the page.
        string[] ids = [.. page.Descendants().Attributes("id").Select(static a => $"#{a.Value}")];
        Assert.All(page.Descendants().Attributes("href"), a => Assert.Contains(a.Value, ids));
        Assert.DoesNotContain(page.Descendants().Attributes(), static a =>
            a.Name.LocalName is "src" or "style" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Single(Elements(page, "script"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Elements_HaveEndTagsUnlessTheyHaveNoContent(string name) => Assert.Empty(
        // In HTML, only void elements and those of the picture can end in their start tag.
        Regex.Matches(HtmlPage.Draw(Topologies.All[name]), "<([a-z0-9]+)[^<>]*/>").Select(static m => m.Groups[1].Value)
            .Except(["meta", "input", "br", "rect", "path"]));

    [Fact]
    public void Policy_AllowsTheStyleAndTheScriptThatAreThereAndNoOther()
    {
        XDocument page = Parse(nameof(Topologies.HostileNames));
        string policy = Elements(page, "meta").Single(static m => m.Attribute("http-equiv") is not null).Attribute("content")!.Value;

        Assert.Equal(
            $"default-src 'none'; style-src '{Hash(Elements(page, "style").Single())}'; "
            + $"script-src '{Hash(Elements(page, "script").Single())}'; base-uri 'none'; form-action 'none'",
            policy);
    }

    [Fact]
    public void Tables_HaveEveryNetworkAndEveryNicAlsoOfAnAbridgedTopology()
    {
        XDocument page = Parse(HtmlPage.Draw(Topologies.Many(5, 30).Abridged(20)), isText: true);

        Assert.Equal(5, Rows(Section(page, "overview")).Count());
        Assert.All(Enumerable.Range(1, 5), i => Assert.Equal(30, Rows(Section(page, $"network-net{i}")).Count()));
        Assert.Equal(6, Elements(page, "section").Count());
    }

    [Fact]
    public void Overview_IsFirstAndLinksToEachNetworkWithItsCountsAndState()
    {
        XDocument page = Parse(nameof(Topologies.Small));
        XElement main = Elements(page, "main").Single();

        Assert.Equal(
            ["overview", null, "network-lan", "network-apps", "network-inner", "network-gone", "network-closed"],
            main.Elements().Select(static e => e.Attribute("id")?.Value));
        Assert.Equal(
            [
                "lan|2|ready|#network-lan",
                "apps|2|ready|#network-apps",
                "inner|1|⚠ parent down|#network-inner",
                "gone|2|⚠ parent missing⚠ 2 NICs detached|#network-gone",
                "closed|0|ready|#network-closed",
            ],
            Rows(Section(page, "overview")).Select(static r => string.Join('|', [
                r.Elements().First().Value.Trim(), .. r.Elements().TakeLast(2).Select(static c => c.Value), r.Descendants().Attributes("href").Single().Value])));
        Assert.Contains("No NICs.", Section(page, "network-closed").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotWell_IsMarkedInItsRow() => Assert.Equal(
        ["⚠ parent down", "⚠ parent missing⚠ 2 NICs detached", "⚠ detached", "⚠ detached"],
        Elements(Parse(nameof(Topologies.Small)), "tr").Where(static r => r.Attribute("class")?.Value == "unwell")
            .Select(static r => r.Elements().Last().Value));

    private static XElement Section(XDocument page, string id) =>
        Elements(page, "section").Single(e => e.Attribute("id")?.Value == id);

    private static IEnumerable<XElement> Rows(XElement section) =>
        section.Descendants().Where(static e => e.Name.LocalName == "tbody").Elements();

    private static IEnumerable<XElement> Elements(XDocument page, string name) => page.Descendants().Where(e => e.Name.LocalName == name);

    private static XDocument Parse(string name, bool isText = false)
    {
        string text = isText ? name : HtmlPage.Draw(Topologies.All[name]);
        using XmlReader reader = XmlReader.Create(new StringReader(text), new() { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
    }

    private static string Hash(XElement element) =>
        $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(element.Value)))}";
}
