using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes networks of both kinds.</summary>
[Cmdlet(VerbsCommon.Remove, "ContainerNetwork", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MacvlanNetwork), typeof(IpvlanNetwork))]
public sealed class RemoveContainerNetworkCommand : RemoveNetworkCommand<ContainerNetwork>;
