using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes macvlan networks.</summary>
[Cmdlet(VerbsCommon.Remove, "MacvlanNetwork", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MacvlanNetwork))]
public sealed class RemoveMacvlanNetworkCommand : RemoveNetworkCommand<MacvlanNetwork>;
