using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes ipvlan networks.</summary>
[Cmdlet(VerbsCommon.Remove, "IpvlanNetwork", SupportsShouldProcess = true)]
public sealed class RemoveIpvlanNetworkCommand : RemoveNetworkCommand<IpvlanNetwork>;
