using System.Management.Automation;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Makes a macvlan network.</summary>
[Cmdlet(VerbsCommon.New, "MacvlanNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(MacvlanNetwork))]
public sealed class NewMacvlanNetworkCommand : NewNetworkCommand
{
    /// <summary>Whom its NICs talk to on the parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public MacvlanMode Mode { get; set; } = MacvlanMode.Bridge;

    private protected override LinkKind NicKind => new MacvlanLink(Mode);
}
