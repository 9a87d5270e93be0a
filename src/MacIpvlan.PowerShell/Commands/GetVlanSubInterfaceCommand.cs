using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists the host's VLAN sub-interfaces, including those of other programs.</summary>
[Cmdlet(VerbsCommon.Get, "VlanSubInterface")]
[OutputType(typeof(VlanSubInterface))]
public sealed class GetVlanSubInterfaceCommand : NetworkCommand
{
    /// <summary>Names or patterns. The default is all sub-interfaces.</summary>
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

    internal static NetworkException NotFound(string name, IEnumerable<VlanSubInterface> all) => new(
        NetworkError.SubInterfaceNotFound,
        $"The VLAN sub-interface '{name}' doesn't exist.{NearestName.Ask(name, all.Select(static v => v.Name))}",
        "List the sub-interfaces with Get-VlanSubInterface.");

    private protected override void Process()
    {
        IReadOnlyList<VlanSubInterface> all = new VlanSubInterfaces(Session).GetAll();
        VlanSubInterface[] selected = [.. Select(Name, all, static v => v.Name, n => NotFound(n, all))];
        foreach (VlanSubInterface vlan in Matching(selected, Parent, static v => v.Parent))
        {
            if (VlanId is null || VlanId.Contains(vlan.VlanId)) Write(vlan);
        }
    }
}
