using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists the VLAN sub-interfaces of the host, whoever made them.</summary>
[Cmdlet(VerbsCommon.Get, "VlanSubInterface")]
[OutputType(typeof(VlanSubInterface))]
public sealed class GetVlanSubInterfaceCommand : NetworkCommand
{
    /// <summary>Names or patterns; all sub-interfaces when left away.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(VlanSubInterfaceCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Names or patterns of parents.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string[]? Parent { get; set; }

    /// <summary>VLAN ids.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VlanIdCompleter))]
    public int[]? VlanId { get; set; }

    internal static NetworkException NotFound(string name) => new(
        NetworkError.SubInterfaceNotFound,
        $"There is no VLAN sub-interface named '{name}'.",
        "List those that there are with Get-VlanSubInterface.");

    private protected override void Process()
    {
        VlanSubInterface[] selected = [.. Select(Name, new VlanSubInterfaces(Session).GetAll(), static v => v.Name, NotFound)];
        foreach (VlanSubInterface vlan in Matching(selected, Parent, static v => v.Parent))
        {
            if (VlanId is null || VlanId.Contains(vlan.VlanId)) Write(vlan);
        }
    }
}
