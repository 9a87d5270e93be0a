using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Moves NICs to other networks and containers.</summary>
[Cmdlet(VerbsCommon.Move, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(ContainerNic))]
public sealed class MoveContainerNicCommand : NicChangeCommand
{
    private NicMove? _move;
    private ContainerNetwork? _network;
    private NicTarget? _target;

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

        ContainerNetworks networks = new(Session);
        if (DestinationNetwork is not null) _network ??= networks.Find(DestinationNetwork.Name) ?? throw NotFound.NetworkOfNic(Session, DestinationNetwork.Name, networks.GetAll());
        if (Destination is not null) _target ??= new NicTargetFinder(Session).Open(Destination.Text);
    }

    private protected override void CheckChange(ContainerNic nic) => (_move ??= new(Session)).Check(nic, _network, _target, Force);

    private protected override ContainerNic Change(ContainerNic nic) => (_move ??= new(Session)).Move(nic, _network, _target, Force);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _target?.Dispose();
        base.Dispose(disposing);
    }
}
