using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists ipvlan networks.</summary>
[Cmdlet(VerbsCommon.Get, "IpvlanNetwork")]
[OutputType(typeof(IpvlanNetwork))]
public sealed class GetIpvlanNetworkCommand : GetNetworkCommand<IpvlanNetwork>;
