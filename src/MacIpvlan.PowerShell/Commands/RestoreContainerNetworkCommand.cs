using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Makes again what is on record and not in the kernel, as after a reboot.</summary>
[Cmdlet(VerbsData.Restore, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(RestoredItem))]
public sealed class RestoreContainerNetworkCommand : NetworkCommand
{
    /// <summary>Names or patterns; all networks when left away.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string[]? Name { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkRestoration restoration = new(Session, ShouldProcess);
        foreach (RestoredItem item in restoration.Restore([.. SelectNetworks(Name)], areAll: Name is null)) Write(item);
    }
}
