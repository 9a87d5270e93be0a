using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes ipvlan networks.</summary>
[Cmdlet(VerbsCommon.Remove, "IpvlanNetwork", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(IpvlanNetwork))]
public sealed class RemoveIpvlanNetworkCommand : RemoveNetworkCommand<IpvlanNetwork>;
