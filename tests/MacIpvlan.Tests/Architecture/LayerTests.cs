using System.Text.RegularExpressions;

namespace MacIpvlan.Tests.Architecture;

/// <summary>Commands -> Networks -> {State, Netlink, Containers, Addressing} -> Linux: nobody looks up.</summary>
public sealed partial class LayerTests
{
    private static readonly IReadOnlyDictionary<string, string> s_core = SourceTree.Read("src/MacIpvlan");

    [Fact]
    public void LibC_IsUsedByLinuxAlone() => Assert.Empty(
        Files(static (file, text) => Mentions(text, "Tmds.Linux") && !InFolder(file, "Linux")));

    [Theory]
    [InlineData("Linux", "Netlink")]
    [InlineData("Linux", "Addressing")]
    [InlineData("Linux", "Containers")]
    [InlineData("Linux", "State")]
    [InlineData("Addressing", "Linux")]
    [InlineData("Addressing", "Netlink")]
    [InlineData("Addressing", "Containers")]
    [InlineData("Addressing", "State")]
    [InlineData("Netlink", "State")]
    [InlineData("Containers", "Netlink")]
    [InlineData("Containers", "State")]
    [InlineData("Containers", "Addressing")]
    [InlineData("Formats", "Linux")]
    [InlineData("Formats", "Containers")]
    [InlineData("Networks", "Formats")]
    [InlineData("State", "Formats")]
    public void Layer_DoesNotMention(string layer, string other) => Assert.Empty(
        Files((file, text) => InFolder(file, layer) && MentionsLayer(text, other)));

    [Theory]
    [InlineData("Addressing")]
    [InlineData("Formats")]
    public void Layer_IsWithoutInputAndOutput(string layer) => Assert.Empty(Files((file, text) =>
        InFolder(file, layer) && InputOutput().IsMatch(text)));

    [Fact]
    public void Drawings_AreMadeOfTheirTopologyAlone() => Assert.Equal(
        ["Topology/TopologyReader.cs"],
        Files(static (file, text) => InFolder(file, "Topology") && (Mentions(text, "NetworkSession") || InputOutput().IsMatch(text))));

    [Fact]
    public void Cmdlets_KnowNothingOfNetlinkOrTheDatabase()
    {
        IReadOnlyDictionary<string, string> cmdlets = SourceTree.Read("src/MacIpvlan.PowerShell");

        // The wiring of the two, and kinds of links as values.
        Assert.Equal(
            ["StateLocation.cs"],
            cmdlets.Where(static f => f.Key != "ModuleLoader.cs" && Mentions(f.Value, "MacIpvlan.State"))
                .Select(static f => f.Key));
        // A target is held by its descriptor from the first look on.
        Assert.Equal(
            ["NamespaceReference.cs"],
            cmdlets.Where(static f => Mentions(f.Value, "MacIpvlan.Linux")).Select(static f => f.Key)
                .Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            cmdlets, static f => Regex.IsMatch(f.Value, @"MacIpvlan\.Netlink;|Tmds\.Linux|Microsoft\.Data"));
        Assert.DoesNotContain(
            cmdlets.Where(static f => f.Key.StartsWith("Commands/", StringComparison.Ordinal)),
            static f => Regex.IsMatch(f.Value, @"\bcatch\b|\bFile\.|\bDirectory\.(Get|Enum|Create|Delete)"));
    }

    [Fact]
    public void Connection_IsOpenedInOnePlace() => Assert.Equal(
        ["StateDatabase.cs"],
        SourceTree.Read("src/MacIpvlan.State")
            .Where(static f => Regex.IsMatch(f.Value, @"\bSqliteConnection\("))
            .Select(static f => f.Key));

    private static IEnumerable<string> Files(Func<string, string, bool> match) =>
        s_core.Where(f => match(f.Key, f.Value)).Select(static f => f.Key).Order(StringComparer.Ordinal);

    private static bool InFolder(string file, string folder) => file.StartsWith(folder + "/", StringComparison.Ordinal);

    // By its full name, or by the short one that a namespace below the same root may use.
    private static bool MentionsLayer(string text, string layer) =>
        Mentions(text, $"MacIpvlan.{layer}") || Regex.IsMatch(text, $@"(?<![.\w]){layer}\.[A-Z]");

    private static bool Mentions(string text, string name) => Regex.IsMatch(text, $@"\b{Regex.Escape(name)}\b");

    [GeneratedRegex(@"\b(File|Directory|Process|Socket|Environment|Console)\.|System\.IO")]
    private static partial Regex InputOutput();
}
