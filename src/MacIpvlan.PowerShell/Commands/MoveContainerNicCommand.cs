using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Moves NICs to other networks and containers.</summary>
[Cmdlet(VerbsCommon.Move, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class MoveContainerNicCommand : NicChangeCommand
{
    private NicMove? _move;
    private ContainerNetwork? _network;

    /// <summary>The network to move the NICs to.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference? DestinationNetwork { get; set; }

    /// <summary>The namespace or container to move the NICs into.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TargetCompleter))]
    public TargetReference? Destination { get; set; }

    /// <summary>Moves NICs that labels of their containers ask for.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string Describe(ContainerNic nic) =>
        $"Move the NIC of network {nic.Network}{(_network is null ? "" : $" to network {_network.Name}")}{(Destination is null ? "" : $" into {Destination.Text}")}";

    private protected override void Check()
    {
        if (DestinationNetwork is null && Destination is null)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, "Nothing says where to move the NIC.", "Specify -DestinationNetwork, -Destination, or both.");
        }

        if (DestinationNetwork is null || _network is not null) return;
        ContainerNetworks networks = new(Session);
        _network = networks.Find(DestinationNetwork.Name) ?? throw NotFound.NetworkOfNic(Session, DestinationNetwork.Name, networks.GetAll());
    }

    private protected override ContainerNic Change(ContainerNic nic)
    {
        using NicTarget? target = Destination is null ? null : new NicTargetFinder(Session).Open(Destination.Text);
        return (_move ??= new(Session)).Move(nic, _network, target, Force);
    }
}
