using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Removes NICs and frees their addresses.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNetwork)]
public sealed class DisconnectContainerNicCommand : NetworkCommand
{
    private const string ByNic = "Nic";
    private const string ByNetwork = "Network";
    private const string ByTarget = "Target";
    private const string ByContainer = "Container";
    private const string ByNamespace = "Namespace";
    private const string ByProcess = "Process";
    private DisconnectPipeline? _disconnections;
    private IReadOnlyList<ContainerNic>? _all;
    private bool _isDisposing;

    /// <summary>Names or patterns of networks, or network objects.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByNetwork)]
    [Parameter(Position = 0, ParameterSetName = ByTarget)]
    [Parameter(Position = 0, ParameterSetName = ByContainer)]
    [Parameter(Position = 0, ParameterSetName = ByNamespace)]
    [Parameter(Position = 0, ParameterSetName = ByProcess)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    /// <summary>Names or patterns of namespaces or containers, paths of namespaces, or ids of containers.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = ByTarget)]
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

    /// <summary>Processes that were specified as targets.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByProcess)]
    [Alias("Id", "PID")]
    public int[]? ProcessId { get; set; }

    /// <summary>NICs, as objects from Get-ContainerNic or deserialized.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByNic)]
    public NicReference[] InputObject { get; set; } = [];

    /// <summary>Names or patterns of interfaces.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [Parameter(ParameterSetName = ByTarget)]
    [Parameter(ParameterSetName = ByContainer)]
    [Parameter(ParameterSetName = ByNamespace)]
    [Parameter(ParameterSetName = ByProcess)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceName { get; set; }

    /// <summary>
    /// Suppresses the error if there is no such NIC, and frees the addresses of a NIC whose interface can't be found.
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        _disconnections ??= new DisconnectPipeline(Session, Report) { Force = Force };
        ContainerNic[] nics = ParameterSetName == ByNic ? FindAgain() : Find();
        _disconnections.Total = TotalOf(nics.Length);
        foreach (ContainerNic nic in nics)
        {
            Guard(nic, () =>
            {
                string addresses = nic.IPAddress.Count == 0 ? "" : $" and free its addresses {nic.IPAddress}";
                string what = $"Disconnect the NIC from network {nic.Network}{addresses}";
                if (ShouldProcess(nic.ToString(), what)) _disconnections.Start(nic);
            });
        }
    }

    private protected override void Finish() => _disconnections?.Finish();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // In a stopped pipeline, NICs that were started are finished, but errors can't be written any more.
        _isDisposing = true;
        _disconnections?.Dispose();
        base.Dispose(disposing);
    }

    private void Report(ContainerNic nic, Exception failure)
    {
        if (!_isDisposing) Guard(nic, () => throw failure);
    }

    // NICs that no longer exist count as disconnected.
    private ContainerNic[] FindAgain() =>
        [.. InputObject.Select(r => r.Find(() => _all ??= GetNics(null))).OfType<ContainerNic>()];

    private ContainerNic[] Find()
    {
        ContainerNetwork[]? networks = SelectReferenced(Network);
        // The missing networks have already been reported.
        if (networks is []) return [];
        NicFilter filter = new NicFilter(GetNics(networks)).Targets(Target).Containers(Container).Namespaces(Namespace)
            .Processes(ProcessId).Interfaces(InterfaceName);
        ContainerNic[] found = [.. filter.Found];
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
            "List the NICs with Get-ContainerNic, or use -Force to suppress this error.");
        WriteError(ErrorRecords.From(missing, wanted[0]));
        return [];
    }
}
