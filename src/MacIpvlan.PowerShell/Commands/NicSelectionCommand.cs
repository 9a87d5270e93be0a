using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>The base of Get-, Test- and Disconnect-ContainerNic and of Get-ContainerNicStatistics: how NICs are selected.</summary>
public abstract class NicSelectionCommand : NetworkCommand
{
    /// <summary>The parameter set that selects NICs by their network and their target.</summary>
    private protected const string ByNetwork = "Network";

    /// <summary>
    /// The parameter set for processes: all kinds of objects have an Id, so they bind to it only if they are nothing else.
    /// </summary>
    private protected const string ByProcess = "Process";

    /// <summary>The parameter set for NIC objects.</summary>
    private protected const string ByNic = "Nic";

    /// <summary>Names or patterns of networks, or network objects.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = ByNetwork)]
    [Parameter(Position = 0, ParameterSetName = ByProcess)]
    [SupportsWildcards]
    [NicIsNothing]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    /// <summary>Names or patterns of namespaces or containers, paths of namespaces, or ids of containers.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TargetCompleter))]
    public TargetReference[]? Target { get; set; }

    /// <summary>Names or patterns of containers, or ids of at least 12 digits.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[]? Container { get; set; }

    /// <summary>Names, paths or patterns of namespaces.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[]? Namespace { get; set; }

    /// <summary>Processes that were specified as targets, or that are in the namespaces of NICs.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByProcess)]
    [Alias("Id", "PID")]
    [NullIsNothing]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(ProcessCompleter))]
    public int[]? ProcessId { get; set; }

    /// <summary>Names or patterns of interfaces.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [Parameter(ParameterSetName = ByProcess)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceName { get; set; }

    /// <summary>NICs, as objects from Get-ContainerNic or Connect-ContainerNic, or deserialized.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByNic)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public NicReference[] InputObject { get; set; } = [];

    private protected override void Process()
    {
        // Piped text binds to both, and then means the target.
        bool isTarget = Target is not null && !IsTyped(nameof(Network)) && !IsTyped(nameof(Target));
        ContainerNetwork[]? networks = SelectReferenced(isTarget ? null : Network);
        // The missing networks have already been reported.
        bool isMissing = networks is [] && !Network!.All(static n => WildcardPattern.ContainsWildcardCharacters(n.Name));
        Process(new NicSelection
        {
            Networks = networks,
            IsNetworkMissing = isMissing,
            Targets = Target,
            Containers = Container,
            Namespaces = Namespace,
            ProcessIds = ProcessId,
            // Processes come from Get-Process, mostly without NICs.
            AreProcessesCertain = IsTyped(nameof(ProcessId)),
            InterfaceNames = InterfaceName,
            Nics = ParameterSetName == ByNic ? InputObject : null,
        });
    }

    /// <summary>Processes what one record of the pipeline selects.</summary>
    private protected abstract void Process(NicSelection selection);

    /// <summary>The NICs that a selection is made from.</summary>
    private protected IReadOnlyList<ContainerNic> GetNics(NicSelection selection) => GetNics(selection.Networks);

    /// <summary>The NICs that several selections are made from.</summary>
    private protected IReadOnlyList<ContainerNic> GetNics(IReadOnlyList<NicSelection> selections) =>
        GetNics(selections.Count == 1 ? selections[0].Networks : null);

    /// <summary>
    /// The NICs that one of the selections has, in the order of all NICs, whatever the order of the input. Names of interfaces
    /// don't count yet: they are compared with what is there.
    /// </summary>
    private protected static ContainerNic[] FindSelected(IReadOnlyList<NicSelection> selections, IReadOnlyList<ContainerNic> all)
    {
        HashSet<string> selected = [.. selections.SelectMany(s => (s with { InterfaceNames = null }).Find(() => all)).Select(static n => n.Id)];
        return [.. all.Where(n => selected.Contains(n.Id))];
    }

    /// <summary>Writes an error if names select nothing.</summary>
    /// <returns>Whether there was an error.</returns>
    private protected bool ReportMissing(NicSelection selection, IReadOnlyCollection<ContainerNic> found)
    {
        if (found.Count > 0 || selection.IsNetworkMissing || selection.CertainNames is not { Count: > 0 } names) return false;
        WriteError(ErrorRecords.From(NotFound.Nic(Session, names, selection.Networks), names[0]));
        return true;
    }
}
