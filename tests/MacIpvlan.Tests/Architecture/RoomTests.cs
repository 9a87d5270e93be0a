using System.Text.RegularExpressions;

namespace MacIpvlan.Tests.Architecture;

/// <summary>
/// Who uses whom among the folders of the source, its rooms, as the compiled assemblies have it. A room is listed below all
/// that it uses, so there is no circle; the table has what there is, neither more nor less.
/// </summary>
public sealed class RoomTests
{
    private const string Core = """
        Addressing:
        Errors:
        Dhcp:        Addressing Errors
        Linux:       Errors
        Containers:  Errors Linux
        Netlink:     Addressing Errors Linux
        State:       Addressing Errors Dhcp Linux Containers Netlink
        Definitions: Addressing Errors Dhcp Netlink State
        Session:     Errors Linux Containers Netlink State
        Segments:    Addressing Dhcp Errors Netlink State Definitions Session
        Parents:     Addressing Errors Linux Containers Netlink State Definitions Session
        Nics:        Addressing Dhcp Errors Linux Containers Netlink State Definitions Session Segments Parents
        Diagnosis:   Addressing Linux Netlink State Definitions Session Nics
        Namespaces:  Errors Linux Netlink State Definitions Session Nics
        Networks:    Addressing Dhcp Errors Netlink State Definitions Session Segments Parents Nics
        Topology:    Addressing Errors Linux Netlink State Definitions Session Parents Nics
        Upkeep:      Addressing Dhcp Errors Linux Containers Netlink State Definitions Session Segments Parents Nics
        Changes:     Addressing Dhcp Errors Linux Containers Netlink State Definitions Session Segments Parents Nics Networks Upkeep
        Exchange:    Addressing Dhcp Errors Linux Containers Netlink State Definitions Session Segments Parents Nics Networks Changes
        Watching:    Addressing Dhcp Errors Linux Containers Netlink State Definitions Session Segments Parents Nics Networks Upkeep
        """;

    private const string PowerShell = """
        .:
        Binding:  .
        Output:   Binding
        Commands: . Output Binding
        """;

    [Theory]
    [InlineData("src/MacIpvlan", typeof(ContainerNic), Core)]
    [InlineData("src/MacIpvlan.PowerShell", typeof(MacIpvlan.PowerShell.NetworkCommand), PowerShell)]
    public void Rooms_UseWhatTheTableSays(string folder, Type inAssembly, string table)
    {
        ILookup<string, string> uses = RoomReferences.Read(folder, inAssembly.Assembly.Location);

        Assert.Equal(
            RoomReferences.Rooms(folder).Select(room => $"{room}: {string.Join(' ', uses[room].Order(StringComparer.Ordinal))}").Order(),
            Rows(table).Select(static r => $"{r.Room}: {string.Join(' ', r.Uses.Order(StringComparer.Ordinal))}").Order());
    }

    [Theory]
    [InlineData(Core)]
    [InlineData(PowerShell)]
    public void Rooms_AreBelowAllThatTheyUse(string table)
    {
        List<string> above = [];
        foreach ((string room, string[] uses) in Rows(table))
        {
            Assert.Empty(uses.Except(above));
            above.Add(room);
        }
    }

    [Fact]
    public void Picture_LeadsToAllThatIsUsedAndNothingElse()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/architecture.md"));
        ILookup<string, string> arrows = Regex.Matches(page, "^    (.*) --> (.*)$", RegexOptions.Multiline)
            .SelectMany(static m => m.Groups[1].Value.Split(" & ").SelectMany(
                from => m.Groups[2].Value.Split(" & ").Select(to => (From: from, To: to))))
            .ToLookup(static a => a.From, static a => a.To);

        Assert.All(Rows(Core), row =>
        {
            Assert.Empty(row.Uses.Except(Reached(row.Room)));
            Assert.Empty(arrows[row.Room].Except(row.Uses));
        });

        IEnumerable<string> Reached(string room) => arrows[room].SelectMany(next => Reached(next).Append(next)).Distinct();
    }

    private static IEnumerable<(string Room, string[] Uses)> Rows(string table) => table.Split('\n')
        .Select(static l => l.Split(':')).Select(static l => (l[0], l[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
