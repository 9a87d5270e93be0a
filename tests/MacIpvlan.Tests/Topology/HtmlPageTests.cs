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
        Assert.DoesNotContain(page.Descendants().Attributes(), static a =>
            a.Name.LocalName is "src" or "href" or "style" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
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
        XElement[] rows = [.. Elements(Parse(HtmlPage.Draw(Topologies.Many(5, 30).Abridged(20)), isText: true), "tr")];

        // And the two heads.
        Assert.Equal(5 + (5 * 30) + 2, rows.Length);
    }

    [Fact]
    public void WhatIsNotWell_IsMarkedInItsRow() => Assert.Equal(
        ["ParentDown", "ParentMissing", "Detached", "Detached"],
        Elements(Parse(nameof(Topologies.Small)), "tr").Where(static r => r.Attribute("class")?.Value == "found unwell")
            .Select(static r => r.Elements().Last().Value));

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
