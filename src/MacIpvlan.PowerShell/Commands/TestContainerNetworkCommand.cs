using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Reports differences between the recorded networks and the kernel.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(NetworkDifference), typeof(bool))]
public sealed class TestContainerNetworkCommand : NetworkCommand
{
    private bool _differs;

    /// <summary>Names or patterns. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Repairs the differences.</summary>
    [Parameter]
    public SwitchParameter Repair { get; set; }

    /// <summary>Returns only a Boolean: whether there are no differences, after repairs if -Repair is used.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool ChangesHost => Repair;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkComparison comparison = new(Session, Repair ? ShouldProcess : null);
        ContainerNetwork[] networks = [.. SelectNetworks(Name)];
        // A network that doesn't exist counts as a difference.
        _differs |= Name is not null && networks.Length == 0 && !Name.All(WildcardPattern.ContainsWildcardCharacters);
        foreach (NetworkDifference difference in comparison.Compare(networks, areAll: Name is null))
        {
            _differs |= !difference.IsRepaired;
            if (!Quiet) Write(difference);
            // The answer can't change any more.
            else if (_differs && !Repair) return;
        }
    }

    private protected override void Finish()
    {
        if (Quiet) Write(!_differs);
    }
}
