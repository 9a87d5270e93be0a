using System.Management.Automation;
using System.Reflection;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Architecture;

/// <summary>
/// Every parameter that takes the name of something that there is has the completer for it, and every other one that offers nothing.
/// </summary>
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
    public void Parameter_HasTheCompleterForIt(string cmdlet, string parameter)
    {
        // PowerShell's own property Host is one of the base.
        PropertyInfo property = s_cmdlets.Single(c => $"{c.Name.VerbName}-{c.Name.NounName}" == cmdlet).Type.GetProperties()
            .First(p => p.Name == parameter && p.IsDefined(typeof(ParameterAttribute), inherit: true));
        Type? completer = property.GetCustomAttribute<ArgumentCompleterAttribute>()?.Type;
        string[] name = cmdlet.Split('-');

        Assert.Equal(Expected(name[0], name[1], parameter) ?? Other(property), completer);
    }

    private static Type? Expected(string verb, string noun, string parameter) => parameter switch
    {
        "Name" when verb is "New" or "Add" or "Register" => null,
        "Name" when noun == "AddressDatabase" => typeof(AddressDatabaseCompleter),
        "AddressDatabase" => typeof(AddressDatabaseCompleter),
        "Segment" => typeof(SegmentCompleter),
        "Name" when noun == "NetworkNamespace" => typeof(NamespaceCompleter),
        "Name" when noun == "VlanSubInterface" => typeof(VlanSubInterfaceCompleter),
        "Name" or "Network" or "DestinationNetwork" => typeof(NetworkCompleter),
        "Parent" => typeof(ParentCompleter),
        // One that is added is not there yet.
        "VlanId" when verb != "Add" => typeof(VlanIdCompleter),
        "Subnet" or "AddSubnet" => typeof(SubnetCompleter),
        "RemoveSubnet" => typeof(NetworkSubnetCompleter),
        "DhcpRequestOption" => typeof(DhcpOptionCompleter),
        "DhcpFallback" => typeof(DhcpFallbackCompleter),
        "Gateway" => typeof(GatewayCompleter),
        "ProcessId" => typeof(ProcessCompleter),
        "IPAddress" when verb == "Get" => typeof(NicAddressCompleter),
        "RemoveIPAddress" => typeof(NicAddressCompleter),
        "IPAddress" or "AddIPAddress" => typeof(FreeAddressCompleter),
        "MacAddress" when verb == "Get" => typeof(MacAddressCompleter),
        "Namespace" => typeof(NamespaceCompleter),
        "Container" => typeof(ContainerCompleter),
        "Target" => typeof(TargetCompleter),
        "InterfaceName" when verb != "Connect" && noun != "HostAccess" => typeof(InterfaceCompleter),
        "Destination" when verb == "Move" => typeof(TargetCompleter),
        "Destination" => typeof(DestinationCompleter),
        // An enumeration that can be empty.
        "RouterAdvertisement" => typeof(RouterAdvertisementCompleter),
        "InterfaceIdentifier" => typeof(InterfaceIdentifierCompleter),
        "MaximumBandwidth" or "MaximumBandwidthIn" or "MaximumBandwidthOut" => typeof(BandwidthCompleter),
        "AwayPolicy" => typeof(AwayPolicyCompleter),
        _ => null,
    };

    // PowerShell offers the values of enumerations. Where it has nothing to offer, it offers files.
    private static Type? Other(PropertyInfo property)
    {
        Type type = property.PropertyType.GetElementType() ?? Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return type == typeof(SwitchParameter) || type.IsEnum || property.Name is "Path" or "PasswordFile" or "FilePath" or "ArgumentList" ? null : typeof(NoCompleter);
    }
}
