using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Recreates whatever is recorded but missing from the kernel, as after a reboot.</summary>
[Cmdlet(VerbsData.Restore, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(RestoredItem))]
public sealed class RestoreContainerNetworkCommand : NetworkCommand
{
    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>
    /// Names or patterns of containers, or ids of at least 12 digits. Restores only their NICs and what those need.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[]? Container { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        NetworkRestoration restoration = new(Session, ShouldProcess);
        ContainerNetwork[] networks = [.. SelectNetworks(NetworkReference.NamesOf(Name))];
        IReadOnlyList<ContainerNic> nics = Container is null ? [] : new ContainerNics(Session).GetAll();
        NicFilter filter = new NicFilter(nics).Containers(Container);
        if (Container is not null)
        {
            foreach (string text in Container) CheckHasNic(text, nics);
            HashSet<string> used = [.. filter.Found.Select(static n => n.Network)];
            networks = [.. networks.Where(n => used.Contains(n.Name))];
        }

        bool areAll = Name is null && Container is null;
        foreach (RestoredItem item in restoration.Restore(networks, areAll, filter.Matches)) Write(item);
    }

    private void CheckHasNic(string container, IReadOnlyList<ContainerNic> nics)
    {
        if (WildcardPattern.ContainsWildcardCharacters(container) || new NicFilter(nics).Containers([container]).Found.Any()) return;
        NetworkException missing = new(
            NetworkError.NicNotFound,
            $"There is no NIC of a container {container}.",
            "List the NICs with Get-ContainerNic.");
        WriteError(ErrorRecords.From(missing, container));
    }
}
