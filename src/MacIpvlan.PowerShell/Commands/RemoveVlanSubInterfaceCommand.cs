using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes VLAN sub-interfaces that nothing uses.</summary>
[Cmdlet(VerbsCommon.Remove, "VlanSubInterface", SupportsShouldProcess = true)]
[OutputType(typeof(VlanSubInterface))]
public sealed class RemoveVlanSubInterfaceCommand : NetworkCommand
{
    /// <summary>Names or patterns.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(VlanSubInterfaceCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>
    /// Also removes sub-interfaces of other programs. No error occurs if the sub-interface doesn't exist.
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Returns the sub-interfaces that were removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool ChangesHost => true;

    private protected override void Process()
    {
        VlanSubInterfaces vlans = new(Session);
        IReadOnlyList<VlanSubInterface> all = vlans.GetAll();
        // Sub-interfaces on top of others were created later and must be removed first.
        foreach (VlanSubInterface vlan in
            Select(Name, all, static v => v.Name, n => GetVlanSubInterfaceCommand.NotFound(n, all), missingIsFine: Force)
                .OrderByDescending(static v => v.Index))
        {
            Guard(vlan.Name, () =>
            {
                if (!ShouldProcess(vlan.Name, $"Remove VLAN {vlan.VlanId} of {vlan.Parent}")) return;
                vlans.Remove(vlan, Force);
                if (PassThru) Write(vlan);
            });
        }
    }
}
