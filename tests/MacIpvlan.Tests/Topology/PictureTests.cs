using System.Xml.Linq;
using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>The picture: where things are, and what is written.</summary>
public sealed class PictureTests
{
    public static TheoryData<string> Names => [.. Topologies.All.Keys];

    [Fact]
    public void Picture_IsAsItWasLookedAt() => Golden.Verify("small.svg", SvgPicture.Draw(Topologies.Small));

    [Theory]
    [MemberData(nameof(Names))]
    public void Boxes_LieWithinThoseThatTheySitOnAndBesideEachOther(string name) => Check(Lay(name), static box =>
    {
        Assert.All(box.Boxes, inner => Assert.True(
            inner.X >= box.X && inner.Y >= box.Y && inner.Right <= box.Right && inner.Bottom <= box.Bottom, $"{inner} in {box}"));
        for (int i = 0; i < box.Boxes.Count; i++)
        {
            Box one = box.Boxes[i];
            Assert.DoesNotContain(box.Boxes.Skip(i + 1), other => Overlap(one, other));
        }
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Texts_LieWithinTheirBoxesAndOnNothingElse(string name) => Check(Lay(name), static box =>
    {
        Box[] texts = [.. box.Texts.Select(Around)];
        Assert.All(texts, text => Assert.True(
            text.X >= box.X && text.Y >= box.Y && text.Right <= box.Right && text.Bottom <= box.Bottom, $"{text} in {box}"));
        for (int i = 0; i < texts.Length; i++)
        {
            Box one = texts[i];
            Assert.DoesNotContain(texts.Skip(i + 1).Concat(box.Boxes), other => Overlap(one, other));
        }
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Wires_RunBesideBoxesToTheOneThatTheyMeet(string name) => Check(Lay(name), static box => Assert.All(box.Wires, wire =>
    {
        Assert.Single(box.Boxes, b => b.X == wire.Right && b.Y < wire.Y && wire.Y < b.Bottom);
        Box way = new("", wire.X, wire.Top, wire.Right - wire.X, wire.Y - wire.Top);
        Assert.DoesNotContain(box.Boxes, b => Overlap(b, way));
    }));

    [Theory]
    [MemberData(nameof(Names))]
    public void Svg_IsXmlWithoutScriptOrAnythingFromElsewhere(string name)
    {
        XElement svg = XElement.Parse(SvgPicture.Draw(Topologies.All[name]));

        Assert.Empty(svg.DescendantsAndSelf().Select(static e => e.Name.LocalName).Except(
            ["desc", "g", "path", "rect", "style", "svg", "text", "title"]));
        Assert.Empty(svg.DescendantsAndSelf().Attributes().Select(static a => a.Name.LocalName).Except(
            ["aria-labelledby", "class", "d", "height", "id", "role", "rx", "text-anchor", "viewBox", "width", "x", "xmlns", "y"]));
        Assert.DoesNotContain("url(", svg.Element(svg.Name.Namespace + "style")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void NameThatIsCut_IsWholeInTheTip()
    {
        XElement svg = XElement.Parse(SvgPicture.Draw(Topologies.HostileNames));

        Assert.Contains(svg.Descendants(), static e => e.Name.LocalName == "title" && e.Value.StartsWith(new string('W', 255), StringComparison.Ordinal));
        Assert.Contains(svg.Descendants(), static e => e.Name.LocalName == "text" && e.Value.StartsWith("WWWWWWWW", StringComparison.Ordinal) && e.Value.EndsWith('…'));
    }

    [Fact]
    public void ManyNetworks_AreDrawnOnASheetAndNotOnAStrip()
    {
        Box picture = TopologyPicture.Lay(Topologies.Many(50, 2), hasHeading: true);

        Assert.InRange((double)picture.Width / picture.Height, 1, 2.2);
    }

    [Fact]
    public void NicOfANamespaceWithSeveral_TellsOfTheOthers()
    {
        string svg = SvgPicture.Draw(Topologies.Small);

        Assert.Contains(">also on inner<", svg, StringComparison.Ordinal);
        Assert.Contains(">also on lan<", svg, StringComparison.Ordinal);
        Assert.Equal(2, svg.Split("also on").Length - 1);
    }

    private static Box Lay(string name) => TopologyPicture.Lay(Topologies.All[name], hasHeading: true);

    private static void Check(Box box, Action<Box> check)
    {
        check(box);
        foreach (Box inner in box.Boxes) Check(inner, check);
    }

    private static bool Overlap(Box one, Box other) =>
        one.X < other.Right && other.X < one.Right && one.Y < other.Bottom && other.Y < one.Bottom;

    // From the top of its capitals to below its base line, as wide as it may come out.
    private static Box Around(BoxText text)
    {
        int width = (int)Math.Floor(text.Font.Measure(text.Text));
        int x = text.Anchor switch { TextAnchor.End => text.X - width, TextAnchor.Middle => text.X - (width / 2), _ => text.X };
        int ascent = (int)(text.Font.Size * 0.75);
        return new(text.Text, x, text.Y - ascent, width, ascent + 3);
    }
}
