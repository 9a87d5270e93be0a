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
    public void BoxesAndTexts_LieWithinTheirBoxesAndOnNothingElse(string name) => CheckPlaces(Lay(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Wires_RunBesideBoxesToABoxOrABranch(string name) => Check(Lay(name), static box => Assert.All(box.Wires, wire =>
    {
        bool meetsBox = box.Boxes.Any(b => b.X == wire.Right && b.Y < wire.Y && wire.Y < b.Bottom);
        Assert.True(meetsBox || box.Wires.Any(w => w.X == wire.Right && w.Top == wire.Y), $"{wire} ends nowhere");
        Assert.True(
            box.Wires.Any(w => w.Y == wire.Top) || box.Boxes.Any(b => b.Bottom == wire.Top) || box.Y < wire.Top, $"{wire} starts nowhere");
        Box down = new("", wire.X, wire.Top, 1, wire.Y - wire.Top);
        Box across = new("", wire.X, wire.Y, wire.Right - wire.X, 1);
        Assert.DoesNotContain(box.Boxes, b => Overlap(b, down) || Overlap(b, across));
    }));

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryNetworkAndSubInterface_HasAWireToIt(string name) => Check(Lay(name), static box => Assert.All(
        box.Boxes.Where(static b => b.Class.Split(' ')[0] is "network" or "link"),
        inner => Assert.True(
            box.Class == "sample" || box.Wires.Count(w => w.Right == inner.X && inner.Y < w.Y && w.Y < inner.Bottom) == 1, $"{inner}")));

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

    [Theory]
    [InlineData("Fifty")]
    [InlineData("Sixty")]
    [InlineData("Three")]
    [InlineData("Twenty")]
    [InlineData("TwentyCables")]
    [InlineData("TwentyInQinQ")]
    [InlineData("TwentyOnFourCables")]
    [InlineData("TwentyOnOneVlan")]
    public void Networks_AreDrawnOnASheetWhateverTheirLinks(string name)
    {
        Box picture = Lay(name);

        Assert.InRange((double)picture.Width / picture.Height, 1, 2.2);
    }

    [Theory]
    [InlineData(320)]
    [InlineData(800)]
    [InlineData(1600)]
    [InlineData(3000)]
    public void Picture_IsAsWideAsAskedForAndOthersFollow(int width) => Assert.All(Topologies.All, named =>
    {
        TopologyPicture picture = TopologyPicture.Lay(named.Value, hasHeading: true, width);

        Assert.Equal(width, picture.Width);
        // If not even one column fits, the picture is drawn smaller.
        Assert.True(picture.Ground.Width == width || picture.Ground.Width < TopologyPicture.Lay(named.Value, true).Ground.Width + 1, named.Key);
        Assert.Equal((double)picture.Ground.Width / picture.Ground.Height, (double)width / picture.Height, 0.02);
        CheckPlaces(picture.Ground);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Legend_IsAboveTheLinks(string name)
    {
        Box picture = Lay(name);

        Assert.True(
            picture.Boxes.Where(static b => b.Class == "sample").Max(static b => b.Bottom)
            < picture.Boxes.Where(static b => b.Class == "panel").Select(static b => b.Y).DefaultIfEmpty(picture.Bottom).Min());
    }

    [Theory]
    [InlineData(7, 7, 0)]
    [InlineData(8, 0, 8)]
    [InlineData(200, 0, 200)]
    public void Nics_AreRowsOfATableFromEightOn(int nics, int cards, int rows)
    {
        Box picture = TopologyPicture.Lay(Topologies.Many(1, nics), hasHeading: true).Ground;
        int own = Count(picture, "nic");

        // The legend has samples.
        Assert.Equal((cards, rows), (own - 3, Count(picture, "row")));
        Assert.Equal(rows > 0, Count(picture, "head") > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void StateOfEveryNic_IsThereInWords(string name)
    {
        Dictionary<string, int> drawn = [];
        string[] words = [.. Enum.GetValues<NicState>().Select(static s => TopologyWords.Of(s))];
        Check(Lay(name), box =>
        {
            if (box.Class.Split(' ')[0] is not ("nic" or "row") || box.Texts.Count == 0) return;
            string state = box.Texts.Select(static t => t.Text).Select(static t => t.Split(", ")[^1].Replace("⚠ ", "", StringComparison.Ordinal))
                .Last(words.Contains);
            drawn[state] = drawn.GetValueOrDefault(state) + 1;
        });

        Assert.Equal(
            Topologies.All[name].Networks.SelectMany(static n => n.DrawnNics.Select(static nic => TopologyWords.Of(nic.State))
                .Concat(n.HostAccess is HostAccess access ? [TopologyWords.Of(access.State)] : [])).CountBy(static s => s).OrderBy(static s => s.Key),
            drawn.OrderBy(static s => s.Key));
    }

    [Fact]
    public void States_AreWordsWhateverTheirNames() => Assert.Equal(
        ["up", "lower layer down", "parent missing", "no carrier"],
        ((Enum[])[TopologyLinkState.Up, Later.LowerLayerDown, MacIpvlan.NetworkState.ParentMissing, TopologyLinkState.NoCarrier]).Select(TopologyWords.Of));

    [Fact]
    public void NicOfANamespaceWithSeveral_TellsOfTheOthers()
    {
        string svg = SvgPicture.Draw(Topologies.Small);

        Assert.Contains(">also on inner<", svg, StringComparison.Ordinal);
        Assert.Contains(">also on lan<", svg, StringComparison.Ordinal);
        Assert.Equal(2, svg.Split("also on").Length - 1);
    }

    private enum Later
    {
        LowerLayerDown,
    }

    private static Box Lay(string name) => TopologyPicture.Lay(Topologies.All[name], hasHeading: true).Ground;

    private static int Count(Box box, string look) =>
        (box.Class.Split(' ')[0] == look ? 1 : 0) + box.Boxes.Sum(b => Count(b, look));

    private static void CheckPlaces(Box picture) => Check(picture, static box =>
    {
        Box[] texts = [.. box.Texts.Select(Around)];
        Box[] all = [.. texts, .. box.Boxes];
        Assert.All(all, inner => Assert.True(
            inner.X >= box.X && inner.Y >= box.Y && inner.Right <= box.Right && inner.Bottom <= box.Bottom, $"{inner} in {box}"));
        for (int i = 0; i < all.Length; i++)
        {
            Box one = all[i];
            Assert.DoesNotContain(all.Skip(i + 1), other => Overlap(one, other));
        }
    });

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
