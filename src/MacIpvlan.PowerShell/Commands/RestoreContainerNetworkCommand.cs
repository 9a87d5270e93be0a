using System.Management.Automation;
using MacIpvlan.Containers;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Recreates whatever is recorded but missing from the kernel, as after a reboot.</summary>
[Cmdlet(VerbsData.Restore, "ContainerNetwork", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(RestoredItem))]
public sealed class RestoreContainerNetworkCommand : NetworkCommand
{
    private const string ByNetwork = "Network";
    private const string ByOciState = "OciState";

    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>
    /// Names or patterns of containers, or ids of at least 12 digits. Restores only their NICs and what those need.
    /// </summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[]? Container { get; set; }

    /// <summary>
    /// The state of a container that its runtime is creating, as a createRuntime hook gets it. Restores its NICs, and connects those
    /// that its annotations ask for.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = ByOciState)]
    [ValueTransformation<OciState>]
    [ArgumentCompleter(typeof(NoCompleter))]
    public OciState? OciState { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override IReadOnlyList<IContainerRuntime> OpenRuntimes() =>
        OciState is null ? base.OpenRuntimes() : [ContainerStart.RuntimeOf(OciState, Session)];

    private protected override void Process()
    {
        if (OciState is not null)
        {
            foreach (RestoredItem item in new ContainerStart(Session, ShouldProcess).Run(OciState)) Write(item);
            return;
        }

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
