using System.Management.Automation;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Changes an ipvlan network and its NICs.</summary>
[Cmdlet(VerbsCommon.Set, "IpvlanNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(IpvlanNetwork))]
public sealed class SetIpvlanNetworkCommand : SetNetworkCommand<IpvlanNetwork>
{
    /// <summary>The layer at which the NICs connect to the parent.</summary>
    [Parameter]
    public IpvlanMode Mode { get; set; } = IpvlanMode.L2;

    /// <summary>What the NICs of the parent can reach.</summary>
    [Parameter]
    public IpvlanFlag Flag { get; set; } = IpvlanFlag.Bridge;

    private protected override LinkKind NicKind => new IpvlanLink(Mode, Flag);
}
