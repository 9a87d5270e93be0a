using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Brings the links of disabled NICs up again.</summary>
[Cmdlet(VerbsLifecycle.Enable, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class EnableContainerNicCommand : NicChangeCommand
{
    private NicReconfiguration? _reconfiguration;

    private protected override string Describe(ContainerNic nic) => $"Bring the NIC of network {nic.Network} up";

    private protected override ContainerNic Change(ContainerNic nic) =>
        (_reconfiguration ??= new(Session)).Set(nic, new NicSettings { IsDisabled = false });
}
