using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Repairs differences between the recorded networks and the kernel.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(NetworkDifference))]
public sealed class RepairContainerNetworkCommand : NetworkCommand
{
    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>Also removes addresses in the networks' subnets that others added to NICs.</summary>
    [Parameter]
    public SwitchParameter RemoveForeignAddress { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkComparison comparison = new(Session, ShouldProcess) { RemovesForeignAddresses = RemoveForeignAddress };
        ContainerNetwork[] networks = [.. SelectNetworks(NetworkReference.NamesOf(Name))];
        foreach (NetworkDifference difference in comparison.Compare(networks, areAll: Name is null)) Write(difference);
    }
}
