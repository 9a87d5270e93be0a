using System.Management.Automation;
using System.Reflection;
using System.Text.RegularExpressions;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Architecture;

/// <summary>Cmdlet classes, their files, and what the manifest says of them.</summary>
public sealed class CmdletTests
{
    private static readonly Dictionary<string, Type> s_cmdlets = typeof(NetworkCommand).Assembly.GetTypes()
        .Select(static t => (Type: t, Attribute: t.GetCustomAttribute<CmdletAttribute>()))
        .Where(static t => t.Attribute is not null)
        .ToDictionary(static t => $"{t.Attribute!.VerbName}-{t.Attribute.NounName}", static t => t.Type);

    public static TheoryData<string> Names => [.. s_cmdlets.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Manifest_ExportsTheCmdletsThatThereAre()
    {
        string manifest = File.ReadAllText(Path.Combine(SourceTree.Root, "MacIpvlan.psd1"));
        string exported = Regex.Match(manifest, @"CmdletsToExport\s*=\s*@\(([^)]*)\)").Groups[1].Value;

        Assert.Equal(
            s_cmdlets.Keys.Order(StringComparer.Ordinal),
            Regex.Matches(exported, "'([^']+)'").Select(static m => m.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cmdlet_IsASealedClassOnTheOneBaseInAFileOfItsName(string name)
    {
        Type type = s_cmdlets[name];
        string expected = name.Replace("-", "") + "Command";

        Assert.Equal(expected, type.Name);
        Assert.Equal("MacIpvlan.PowerShell.Commands", type.Namespace);
        Assert.True(type is { IsSealed: true, IsPublic: true } && type.IsSubclassOf(typeof(NetworkCommand)));
        string source = SourceTree.Read("src/MacIpvlan.PowerShell")[$"Commands/{expected}.cs"];
        Assert.Contains($"class {expected}", source, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cmdlet_ThatChangesSomethingCanBeAskedWhatItWouldDo(string name)
    {
        CmdletAttribute attribute = s_cmdlets[name].GetCustomAttribute<CmdletAttribute>()!;
        bool changes = attribute.VerbName is not ("Get" or "Test" or "Show" or "Export");
        // It watches, where Watch-ContainerNic acts.
        if (name == "Watch-ContainerNetwork") changes = false;

        Assert.Equal(changes, attribute.SupportsShouldProcess);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cmdlet_TellsWhatItWrites(string name)
    {
        Type type = s_cmdlets[name];

        Assert.NotEmpty(type.GetCustomAttributes<OutputTypeAttribute>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cmdlet_ThatTakesSomethingAwayReturnsItOnRequest(string name)
    {
        bool takes = name.Split('-')[0] is "Remove" or "Disconnect" or "Disable" or "Rename" or "Unregister";

        Assert.Equal(takes, s_cmdlets[name].GetProperty("PassThru") is not null);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cmdlet_ThatTakesNicsAwayWithSomethingElseHasAHighImpact(string name)
    {
        bool takes = name is "Remove-ContainerNetwork" or "Remove-MacvlanNetwork" or "Remove-IpvlanNetwork" or "Remove-NetworkNamespace"
            // The NICs of another host, which aren't asked.
            or "Remove-ContainerNetworkAddress";

        Assert.Equal(takes, s_cmdlets[name].GetCustomAttribute<CmdletAttribute>()!.ConfirmImpact == ConfirmImpact.High);
    }

    [Fact]
    public void Folder_HoldsNothingButCmdletsAndWhatTheyShare() => Assert.Equal(
        // The base of all, and those of cmdlets that share a noun or a verb.
        ["AddressDatabaseCommand", "GetNetworkCommand", "HostAccessCommand", "NetworkCommand", "NewNetworkCommand", "NicSelectionCommand", "RemoveNetworkCommand", "SetNetworkCommand"],
        SourceTree.Read("src/MacIpvlan.PowerShell").Keys
            .Where(static f => f.StartsWith("Commands/", StringComparison.Ordinal))
            .Select(static f => Path.GetFileNameWithoutExtension(f))
            .Except(s_cmdlets.Values.Select(static t => t.Name)).Order(StringComparer.Ordinal));
}
