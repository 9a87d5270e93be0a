using System.Management.Automation;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Creates an ipvlan network.</summary>
[Cmdlet(VerbsCommon.New, "IpvlanNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(IpvlanNetwork))]
public sealed class NewIpvlanNetworkCommand : NewNetworkCommand
{
    /// <summary>The layer at which the NICs connect to the parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<IpvlanMode>]
    public IpvlanMode Mode { get; set; } = IpvlanMode.L2;

    /// <summary>What the NICs of the parent can reach.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<IpvlanFlag>]
    public IpvlanFlag Flag { get; set; } = IpvlanFlag.Bridge;

    private protected override LinkKind NicKind => new IpvlanLink(Mode, Flag);
}
