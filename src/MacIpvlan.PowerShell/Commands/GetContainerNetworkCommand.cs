using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Lists networks of both kinds.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerNetwork")]
[OutputType(typeof(MacvlanNetwork), typeof(IpvlanNetwork))]
public sealed class GetContainerNetworkCommand : GetNetworkCommand<ContainerNetwork>;
