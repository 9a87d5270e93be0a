using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Reports differences between the recorded networks and the kernel.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ContainerNetwork")]
[OutputType(typeof(NetworkDifference), typeof(bool))]
public sealed class TestContainerNetworkCommand : NetworkCommand
{
    private bool _differs;

    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>Returns only a Boolean: whether there are no differences but what others added.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkComparison comparison = new(Session, repair: null);
        string[]? names = NetworkReference.NamesOf(Name);
        ContainerNetwork[] networks = [.. SelectNetworks(names)];
        // A network that doesn't exist counts as a difference.
        _differs |= names is not null && networks.Length == 0 && !names.All(WildcardPattern.ContainsWildcardCharacters);
        foreach (NetworkDifference difference in comparison.Compare(networks, areAll: names is null))
        {
            _differs |= !difference.IsForeign;
            if (!Quiet) Write(difference);
            // The answer can't change any more.
            else if (_differs) return;
        }
    }

    private protected override void Finish()
    {
        if (Quiet) Write(!_differs);
    }
}
