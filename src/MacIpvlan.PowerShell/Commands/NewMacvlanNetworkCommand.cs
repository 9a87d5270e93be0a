using System.Management.Automation;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Creates a macvlan network.</summary>
[Cmdlet(VerbsCommon.New, "MacvlanNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(MacvlanNetwork))]
public sealed class NewMacvlanNetworkCommand : NewNetworkCommand
{
    /// <summary>What the NICs of the parent can reach.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<MacvlanMode>]
    public MacvlanMode Mode { get; set; } = MacvlanMode.Bridge;

    /// <summary>The MAC addresses that NICs in mode Source accept frames from.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<PhysicalAddress[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public PhysicalAddress[]? AllowedMacAddress { get; set; }

    /// <summary>How many broadcast frames the parent queues for its NICs.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? BroadcastQueueLength { get; set; }

    /// <summary>The number of receivers up to which a multicast frame is delivered directly.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? BroadcastCutoff { get; set; }

    /// <summary>In mode Passthru, leaves promiscuous mode on the parent off.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter NoPromiscuous { get; set; }

    /// <summary>Probes addresses before NICs take them. The default is true with -Dhcp.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter ProbeAddress { get; set; }

    /// <summary>How many probes are sent for each address.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? ProbeCount { get; set; }

    /// <summary>The total time of the probes if there is no answer.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? ProbeTimeoutMilliseconds { get; set; }

    private protected override ProbeSettings? ReadProbe(NetworkRequest request) => DependentSettings.ReadProbe(
        TakeGiven(nameof(ProbeAddress)) ? ProbeAddress : request.DefaultProbe is not null, ProbeCount, ProbeTimeoutMilliseconds);

    private protected override LinkKind NicKind => new MacvlanLink(Mode)
    {
        AllowedMacAddresses = AllowedMacAddress ?? [],
        BroadcastQueueLength = BroadcastQueueLength,
        BroadcastCutoff = BroadcastCutoff,
        NoPromiscuous = NoPromiscuous,
    };
}
