using System.Management.Automation;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Changes a macvlan network and its NICs.</summary>
[Cmdlet(VerbsCommon.Set, "MacvlanNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(MacvlanNetwork))]
public sealed class SetMacvlanNetworkCommand : SetNetworkCommand<MacvlanNetwork>
{
    /// <summary>What the NICs of the parent can reach.</summary>
    [Parameter]
    public MacvlanMode Mode { get; set; } = MacvlanMode.Bridge;

    /// <summary>All MAC addresses that NICs in mode Source accept frames from.</summary>
    [Parameter]
    [CellTransformation<PhysicalAddress[]>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public PhysicalAddress[]? AllowedMacAddress { get; set; }

    /// <summary>How many broadcast frames the parent queues for its NICs.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? BroadcastQueueLength { get; set; }

    /// <summary>The number of receivers up to which a multicast frame is delivered directly.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? BroadcastCutoff { get; set; }

    /// <summary>In mode Passthru, whether promiscuous mode on the parent stays off.</summary>
    [Parameter]
    public SwitchParameter NoPromiscuous { get; set; }

    /// <summary>Whether addresses are probed before NICs take them.</summary>
    [Parameter]
    public SwitchParameter ProbeAddress { get; set; }

    /// <summary>How many probes are sent for each address.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? ProbeCount { get; set; }

    /// <summary>The total time of the probes if there is no answer.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? ProbeTimeoutMilliseconds { get; set; }

    private protected override LinkKind NicKind => new MacvlanLink(Mode)
    {
        AllowedMacAddresses = AllowedMacAddress ?? [],
        BroadcastQueueLength = BroadcastQueueLength,
        BroadcastCutoff = BroadcastCutoff,
        NoPromiscuous = NoPromiscuous,
    };

    private protected override ProbeSettings? Probe => DependentSettings.ReadProbe(
        !IsTyped(nameof(ProbeAddress)) || ProbeAddress, ProbeCount, ProbeTimeoutMilliseconds);
}
