using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Sets the links of NICs down, and keeps their addresses for them.</summary>
[Cmdlet(VerbsLifecycle.Disable, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class DisableContainerNicCommand : NicChangeCommand
{
    private NicReconfiguration? _reconfiguration;

    private protected override string Describe(ContainerNic nic) => $"Set the NIC of network {nic.Network} down";

    private protected override ContainerNic Change(ContainerNic nic) =>
        (_reconfiguration ??= new(Session)).Set(nic, new NicSettings { IsDisabled = true });
}
