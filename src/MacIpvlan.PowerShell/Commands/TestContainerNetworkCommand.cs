using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Tells what differs between what is on record and what the kernel has.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(NetworkDifference), typeof(bool))]
public sealed class TestContainerNetworkCommand : NetworkCommand
{
    private bool _differs;

    /// <summary>Names or patterns; all networks when left away.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Puts differences right.</summary>
    [Parameter]
    public SwitchParameter Repair { get; set; }

    /// <summary>Writes one boolean: whether all is well, after repairs if those are wanted.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool ChangesHost => Repair;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkComparison comparison = new(Session, Repair ? ShouldProcess : null);
        ContainerNetwork[] networks = [.. SelectNetworks(Name)];
        // Of a network that there is not, nothing is well.
        _differs |= Name is not null && networks.Length == 0 && !Name.All(WildcardPattern.ContainsWildcardCharacters);
        foreach (NetworkDifference difference in comparison.Compare(networks, areAll: Name is null))
        {
            _differs |= !difference.IsRepaired;
            if (!Quiet) Write(difference);
            // Nothing that follows changes the answer.
            else if (_differs && !Repair) return;
        }
    }

    private protected override void Finish()
    {
        if (Quiet) Write(!_differs);
    }
}
