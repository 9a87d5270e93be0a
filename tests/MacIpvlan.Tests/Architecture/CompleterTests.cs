using System.Management.Automation;
using System.Reflection;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Architecture;

/// <summary>Every parameter that takes the name of something that there is has the completer for it.</summary>
public sealed class CompleterTests
{
    private static readonly (Type Type, CmdletAttribute Name)[] s_cmdlets =
    [
        .. typeof(NetworkCommand).Assembly.GetTypes()
            .Select(static t => (t, t.GetCustomAttribute<CmdletAttribute>()!)).Where(static t => t.Item2 is not null),
    ];

    public static TheoryData<string, string> Parameters =>
    [
        .. s_cmdlets.SelectMany(static c => c.Type.GetProperties()
            .Where(static p => p.IsDefined(typeof(ParameterAttribute), inherit: true))
            .Select(p => new TheoryDataRow<string, string>($"{c.Name.VerbName}-{c.Name.NounName}", p.Name))),
    ];

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Parameter_OfANameHasTheCompleterForIt(string cmdlet, string parameter)
    {
        PropertyInfo property = s_cmdlets.Single(c => $"{c.Name.VerbName}-{c.Name.NounName}" == cmdlet).Type.GetProperty(parameter)!;
        Type? completer = property.GetCustomAttribute<ArgumentCompleterAttribute>()?.Type;
        string[] name = cmdlet.Split('-');

        Assert.Equal(Expected(name[0], name[1], parameter), completer);
        // What only looks like a name is listed.
        Assert.True(
            completer is not null || !IsNamed(property.PropertyType) || IsOfSomethingElse(name[0], parameter),
            $"Does {cmdlet} -{parameter} take the name of something that there is?");
    }

    private static Type? Expected(string verb, string noun, string parameter) => parameter switch
    {
        "Name" when verb is "New" or "Add" => null,
        "Name" when noun == "NetworkNamespace" => typeof(NamespaceCompleter),
        "Name" when noun == "VlanSubInterface" => typeof(VlanSubInterfaceCompleter),
        "Name" or "Network" => typeof(NetworkCompleter),
        "Parent" => typeof(ParentCompleter),
        // One that is added is not there yet.
        "VlanId" when verb != "Add" => typeof(VlanIdCompleter),
        "Namespace" => typeof(NamespaceCompleter),
        "Container" => typeof(ContainerCompleter),
        "Target" => typeof(TargetCompleter),
        "InterfaceName" when verb is not ("Connect" or "Enable") => typeof(InterfaceCompleter),
        "Destination" => typeof(DestinationCompleter),
        // An enumeration that can be empty.
        "RouterAdvertisement" => typeof(RouterAdvertisementCompleter),
        _ => null,
    };

    private static bool IsNamed(Type type)
    {
        Type item = type.GetElementType() ?? type;
        return item == typeof(string) || item.Name.EndsWith("Reference", StringComparison.Ordinal);
    }

    private static bool IsOfSomethingElse(string verb, string parameter) => parameter switch
    {
        "Name" or "InterfaceName" => verb is "New" or "Add" or "Connect" or "Enable",
        "IPAddress" or "InputObject" or "Path" or "LiteralPath" => true,
        _ => false,
    };
}
