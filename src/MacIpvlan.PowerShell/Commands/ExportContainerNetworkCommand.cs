using System.Management.Automation;
using MacIpvlan.Formats;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Exports networks as JSON, Docker command lines, CNI configurations, or a Compose file.</summary>
[Cmdlet(VerbsData.Export, "ContainerNetwork")]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ExportContainerNetworkCommand : NetworkCommand
{
    private readonly List<ContainerNetwork> _networks = [];
    private bool _isOfAll;

    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>The format.</summary>
    [Parameter]
    public ExportFormat As { get; set; } = ExportFormat.Json;

    /// <summary>The file to write, or an existing folder for one file per network.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Doesn't replace existing files.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    private protected override void Process()
    {
        _isOfAll |= Name is null;
        _networks.AddRange(SelectNetworks(NetworkReference.NamesOf(Name)));
    }

    private protected override void Finish()
    {
        // If no network has the specified names, there is no output.
        if (_networks.Count == 0 && !_isOfAll) return;
        NetworkExport export = new(Session);
        ContainerNetwork[] selected = [.. _networks.DistinctBy(static n => n.Id)];
        IReadOnlyList<NetworkRequest> networks = [.. export.Read(selected).Where(n => Guard(n.Name, () => NetworkText.Check(As, n)))];
        if (networks.Count == 0 && selected.Length > 0) return;
        if (As == ExportFormat.Compose) networks = export.AddServices(networks, selected);
        DefinitionFiles? files = Path is null ? null : new DefinitionFiles(FileLocation.Of(SessionState, Path), As);
        // The module's own format and Compose put all networks in one text. The others have one per network, and one of those
        // can fail.
        bool isWhole = As is ExportFormat.Json or ExportFormat.Compose && files is not { IsFolder: true };
        IEnumerable<IReadOnlyList<NetworkRequest>> parts = isWhole ? [networks] : networks.Select(static n => (NetworkRequest[])[n]);
        foreach (IReadOnlyList<NetworkRequest> part in parts)
        {
            Guard(isWhole ? null : part[0].Name, () =>
            {
                string text = NetworkText.Write(As, part, Session.Warn);
                if (files is null) Write(text);
                else files.Add(part.Count == 1 ? part[0].Name : "", text);
            });
        }

        foreach (FileInfo file in files?.Write(replaces: !NoClobber) ?? []) Write(file);
    }
}
