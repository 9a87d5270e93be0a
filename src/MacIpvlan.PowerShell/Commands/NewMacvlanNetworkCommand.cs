using System.Management.Automation;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Makes a macvlan network.</summary>
[Cmdlet(VerbsCommon.New, "MacvlanNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(MacvlanNetwork))]
public sealed class NewMacvlanNetworkCommand : NewNetworkCommand
{
    /// <summary>Whom its NICs talk to on the parent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<MacvlanMode>]
    public MacvlanMode Mode { get; set; } = MacvlanMode.Bridge;

    /// <summary>The MAC addresses that NICs in mode Source receive from.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<PhysicalAddress[]>]
    public PhysicalAddress[]? AllowedMacAddress { get; set; }

    /// <summary>How many broadcast frames the parent keeps for its NICs.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    public int? BroadcastQueueLength { get; set; }

    /// <summary>Up to how many receivers a multicast frame is delivered at once.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    public int? BroadcastCutoff { get; set; }

    /// <summary>Leaves the parent's promiscuous mode off in mode Passthru.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter NoPromiscuous { get; set; }

    /// <summary>Probes addresses before NICs take them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<SwitchParameter>]
    public SwitchParameter ProbeAddress { get; set; }

    /// <summary>How often each is probed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    public int? ProbeCount { get; set; }

    /// <summary>How long probing takes in all when nobody answers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [CellTransformation<int?>]
    public int? ProbeTimeoutMilliseconds { get; set; }

    private protected override ProbeSettings? ReadProbe()
    {
        ProbeSettings usual = new();
        if (ProbeAddress) return new(ProbeCount ?? usual.Count, ProbeTimeoutMilliseconds ?? usual.TimeoutMilliseconds);
        if (ProbeCount is null && ProbeTimeoutMilliseconds is null) return null;
        throw new NetworkException(
            NetworkError.InvalidParameter, "ProbeCount and ProbeTimeoutMilliseconds are for -ProbeAddress.");
    }

    private protected override LinkKind NicKind => new MacvlanLink(Mode)
    {
        AllowedMacAddresses = AllowedMacAddress ?? [],
        BroadcastQueueLength = BroadcastQueueLength,
        BroadcastCutoff = BroadcastCutoff,
        NoPromiscuous = NoPromiscuous,
    };
}
