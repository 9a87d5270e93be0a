using System.Text.RegularExpressions;

namespace MacIpvlan.Tests.Architecture;

/// <summary>What each part keeps to itself, beside who uses whom (<see cref="RoomTests"/>).</summary>
public sealed partial class LayerTests
{
    private static readonly IReadOnlyDictionary<string, string> s_core = SourceTree.Read("src/MacIpvlan");

    [Fact]
    public void LibC_IsUsedByLinuxAlone() => Assert.Empty(
        Files(static (file, text) => Mentions(text, "Tmds.Linux") && !InFolder(file, "Linux")));

    // The compiler writes their values in the place of their names, so that no assembly tells who uses them.
    [Fact]
    public void KernelConstants_AreUsedByLinuxAndNetlinkAlone() => Assert.Empty(
        Files(static (file, text) => Mentions(text, "Uapi") && !InFolder(file, "Linux") && !InFolder(file, "Netlink")));

    [Theory]
    [InlineData("Addressing")]
    [InlineData("Dhcp")]
    [InlineData("Exchange/Formats")]
    public void Layer_IsWithoutInputAndOutput(string layer) => Assert.Empty(Files((file, text) =>
        InFolder(file, layer) && InputOutput().IsMatch(text)));

    [Fact]
    public void Drawings_AreMadeOfTheirTopologyAlone() => Assert.Equal(
        // PNG pictures are made by programs of the machine.
        ["Topology/PictureProgram.cs", "Topology/PngPicture.cs", "Topology/TopologyReader.cs"],
        Files(static (file, text) => InFolder(file, "Topology") && (Mentions(text, "NetworkSession") || InputOutput().IsMatch(text))));

    [Fact]
    public void Cmdlets_KnowNothingOfNetlinkOrTheDatabase()
    {
        IReadOnlyDictionary<string, string> cmdlets = SourceTree.Read("src/MacIpvlan.PowerShell");

        // The wiring, and how an address database is reached, as a value.
        Assert.Equal(
            ["Commands/InitializeAddressDatabaseCommand.cs", "Commands/RegisterAddressDatabaseCommand.cs", "DatabaseLocation.cs", "StateLocation.cs"],
            cmdlets.Where(static f => Mentions(f.Value, "MacIpvlan.State")).Select(static f => f.Key).Order(StringComparer.Ordinal));
        Assert.Equal(["DatabaseLocation.cs"], cmdlets.Where(static f => Mentions(f.Value, "MacIpvlan.Fleet")).Select(static f => f.Key));
        // A target is held by its descriptor from the first look on.
        Assert.Equal(
            ["Binding/NamespaceReference.cs"],
            cmdlets.Where(static f => Mentions(f.Value, "MacIpvlan.Linux")).Select(static f => f.Key)
                .Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            cmdlets, static f => Regex.IsMatch(f.Value, @"MacIpvlan\.Netlink;|Tmds\.Linux|Microsoft\.Data|Npgsql"));
        // What all of them share turns exceptions into errors, in one place.
        Assert.DoesNotContain(
            cmdlets.Where(static f => InFolder(f.Key, "Commands") && f.Key != "Commands/NetworkCommand.cs"),
            static f => Regex.IsMatch(f.Value, @"\bcatch\b|\bFile\.|\bDirectory\.(Get|Enum|Create|Delete)"));
    }

    [Fact]
    public void Connection_IsOpenedInOnePlace() => Assert.Equal(
        ["StateConnection.cs"],
        SourceTree.Read("src/MacIpvlan.State")
            .Where(static f => Regex.IsMatch(f.Value, @"sqlite3_open_v2\("))
            .Select(static f => f.Key));

    private static IEnumerable<string> Files(Func<string, string, bool> match) =>
        s_core.Where(f => match(f.Key, f.Value)).Select(static f => f.Key).Order(StringComparer.Ordinal);

    private static bool InFolder(string file, string folder) => file.StartsWith(folder + "/", StringComparison.Ordinal);

    private static bool Mentions(string text, string name) => Regex.IsMatch(text, $@"\b{Regex.Escape(name)}\b");

    [GeneratedRegex(@"\b(File|Directory|Process|Socket|Environment|Console)\.|System\.IO")]
    private static partial Regex InputOutput();
}
