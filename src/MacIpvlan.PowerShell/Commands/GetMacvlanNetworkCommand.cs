using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists macvlan networks.</summary>
[Cmdlet(VerbsCommon.Get, "MacvlanNetwork")]
[OutputType(typeof(MacvlanNetwork))]
public sealed class GetMacvlanNetworkCommand : GetNetworkCommand<MacvlanNetwork>;
