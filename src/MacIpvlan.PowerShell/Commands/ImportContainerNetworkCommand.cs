using System.Management.Automation;
using MacIpvlan.Formats;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Creates or updates networks to match a definition.</summary>
[Cmdlet(VerbsData.Import, "ContainerNetwork", SupportsShouldProcess = true, DefaultParameterSetName = TextSet)]
[OutputType(typeof(ImportedNetwork))]
public sealed class ImportContainerNetworkCommand : NetworkCommand
{
    private const string FileSet = "Path";
    private const string TextSet = "InputObject";
    private readonly List<NetworkRequest> _networks = [];
    private readonly List<string> _lines = [];
    private bool _hasInput;

    /// <summary>Paths or patterns of files.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FileSet)]
    [Alias("FullName")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The text or its lines, files, or objects made of JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TextSet, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(NoCompleter))]
    public object?[]? InputObject { get; set; } = [];

    /// <summary>The format. The default is to detect it.</summary>
    [Parameter]
    public ImportFormat? As { get; set; }

    /// <summary>Changes networks although that harms NICs, and disconnects the NICs of networks that are recreated.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool ChangesHost => true;

    private protected override void Process()
    {
        foreach (object? input in InputObject ?? [])
        {
            if (DefinitionInput.PathOf(input) is string path) ReadFile(FileLocation.Of(SessionState, path));
            else if (!Guard(null, () => _lines.Add(DefinitionInput.TextOf(input)))) _hasInput = true;
        }

        _hasInput |= Path.Length > 0;
        foreach (string file in Path.SelectMany(p => FileLocation.Find(SessionState, p))) ReadFile(file);
    }

    private protected override void Finish()
    {
        if (_lines.Count > 0 || !_hasInput) Read(string.Join('\n', _lines), file: null);
        NetworkImport import = new(Session, Force);
        IReadOnlyList<PlannedImport> plans = import.Plan(_networks);
        foreach (PlannedImport planned in plans)
        {
            Session.Progress(new("Importing networks", planned.Name, plans.Count));
            ImportResult result = ImportResult.Failed;
            Guard(planned.Name, () => result = import.Apply(planned, ShouldProcess));
            Write(new ImportedNetwork(planned.Name, planned.Kind, result) { Differences = planned.Differences, Services = planned.Services });
        }
    }

    private void ReadFile(string file)
    {
        _hasInput = true;
        Guard(file, () => Read(DefinitionFile.Read(file, NetworkText.MaxBytes, Session.Stopping.ThrowIfCancellationRequested), file));
    }

    private void Read(string text, string? file)
    {
        List<(string? Network, NetworkException Reason)> refused = [];
        string folder = System.IO.Path.GetDirectoryName(file) ?? SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        ComposeEnvironment compose = ComposeProject.Open(folder, file, YamlLocation.Open, Session.Warn);
        Guard(file, () => _networks.AddRange(DefinitionFile.Parse(text, file, As, Session.Warn, (name, e) => refused.Add((name, e)), compose)));
        foreach ((string? network, NetworkException reason) in refused)
        {
            Guard(network ?? file, () => throw reason);
            if (network is not null) Write(new ImportedNetwork(network, "", ImportResult.Failed));
        }
    }
}
