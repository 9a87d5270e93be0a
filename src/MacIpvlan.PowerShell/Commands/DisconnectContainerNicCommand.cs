using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Takes NICs away and frees their addresses.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNic)]
public sealed class DisconnectContainerNicCommand : NetworkCommand
{
    private const string ByNic = "Nic";
    private const string ByNetwork = "Network";
    private const string ByTarget = "Target";
    private const string ByContainer = "Container";
    private const string ByNamespace = "Namespace";
    private const string ByProcess = "Process";
    private ContainerNics? _nics;
    private NicDisconnections? _disconnections;
    private bool _isDisposing;

    /// <summary>NICs, as Get-ContainerNic gives them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = ByNic)]
    public ContainerNic[] InputObject { get; set; } = [];

    /// <summary>Names or patterns of networks, or networks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByNetwork)]
    [Parameter(ParameterSetName = ByTarget)]
    [Parameter(ParameterSetName = ByContainer)]
    [Parameter(ParameterSetName = ByNamespace)]
    [Parameter(ParameterSetName = ByProcess)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    /// <summary>Names or patterns of namespaces or containers, paths, ids of containers.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByTarget)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TargetCompleter))]
    public TargetReference[]? Target { get; set; }

    /// <summary>Names or patterns of containers, or ids of at least 12 digits.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByContainer)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[]? Container { get; set; }

    /// <summary>Names, paths or patterns of namespaces.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByNamespace)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[]? Namespace { get; set; }

    /// <summary>Processes that were named as targets.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByProcess)]
    [Alias("Id", "PID")]
    public int[]? ProcessId { get; set; }

    /// <summary>Names or patterns of interfaces.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [Parameter(ParameterSetName = ByTarget)]
    [Parameter(ParameterSetName = ByContainer)]
    [Parameter(ParameterSetName = ByNamespace)]
    [Parameter(ParameterSetName = ByProcess)]
    [SupportsWildcards]
    public string[]? InterfaceName { get; set; }

    /// <summary>Makes it no error that there is no such NIC.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [Parameter(ParameterSetName = ByTarget)]
    [Parameter(ParameterSetName = ByContainer)]
    [Parameter(ParameterSetName = ByNamespace)]
    [Parameter(ParameterSetName = ByProcess)]
    public SwitchParameter Force { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        _nics ??= new ContainerNics(Session);
        _disconnections ??= new NicDisconnections(Session, Report);
        ContainerNic[] nics = ParameterSetName == ByNic ? InputObject : Find(_nics);
        // How many more the pipeline will bring is not known.
        if (!MyInvocation.ExpectingInput) _disconnections.Total = nics.Length;
        foreach (ContainerNic nic in nics)
        {
            Guard(nic, () =>
            {
                if (ShouldProcess(nic.ToString(), $"Disconnect from network {nic.Network}")) _disconnections.Start(nic);
            });
        }
    }

    private protected override void Finish() => _disconnections?.Finish();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Of a pipeline that was stopped: what has been started is brought to its end, and nobody is there to be told.
        _isDisposing = true;
        _disconnections?.Dispose();
        base.Dispose(disposing);
    }

    private void Report(ContainerNic nic, Exception failure)
    {
        if (!_isDisposing) Guard(nic, () => throw failure);
    }

    private ContainerNic[] Find(ContainerNics nics)
    {
        ContainerNetwork[]? networks = Network is null ? null : [.. SelectNetworks([.. Network.Select(static n => n.Name)])];
        // Not being found has been told of.
        if (networks is []) return [];
        IEnumerable<ContainerNic> all = networks is null ? nics.GetAll() : networks.SelectMany(nics.GetAll);
        NicFilter filter = new NicFilter().Targets(Target).Containers(Container).Namespaces(Namespace)
            .Processes(ProcessId).Interfaces(InterfaceName);
        ContainerNic[] found = [.. all.Where(filter.Matches)];
        string[] wanted =
        [
            .. Target?.Select(static t => t.Text) ?? [],
            .. Container ?? [],
            .. Namespace?.Select(static n => n.Text) ?? [],
            .. ProcessId?.Select(static id => id.ToString(CultureInfo.InvariantCulture)) ?? [],
            .. InterfaceName ?? [],
        ];
        bool isCertain = wanted.Length > 0 && !wanted.Any(WildcardPattern.ContainsWildcardCharacters);
        if (found.Length > 0 || Force || !isCertain) return found;
        NetworkException missing = new(
            NetworkError.NicNotFound,
            $"There is no NIC of {string.Join(", ", wanted)}.",
            "List the NICs that there are with Get-ContainerNic; with -Force it is no error that there is none.");
        WriteError(ErrorRecords.From(missing, wanted[0]));
        return [];
    }
}
