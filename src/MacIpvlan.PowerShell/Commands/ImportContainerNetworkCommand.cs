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

    /// <summary>Paths or patterns of files.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FileSet, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The text or its lines.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TextSet, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] InputObject { get; set; } = [];

    /// <summary>The format. The default is to detect it.</summary>
    [Parameter]
    public ImportFormat? As { get; set; }

    /// <summary>Disconnects the NICs of networks that differ.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool ChangesHost => true;

    private protected override void Process()
    {
        _lines.AddRange(InputObject);
        foreach (string file in Path.SelectMany(p => FileLocation.Find(SessionState, p)))
        {
            Guard(file, () => Read(DefinitionFile.Read(file, NetworkText.MaxBytes, Session.Stopping.ThrowIfCancellationRequested)));
        }
    }

    private protected override void Finish()
    {
        if (ParameterSetName == TextSet) Read(string.Join('\n', _lines));
        NetworkImport import = new(Session, disconnect: Force);
        IReadOnlyList<PlannedImport> plans = import.Plan(_networks);
        foreach (PlannedImport planned in plans)
        {
            Session.Progress(new("Importing networks", planned.Name, plans.Count));
            ImportResult result = ImportResult.Failed;
            Guard(planned.Name, () => result = import.Apply(planned, ShouldProcess));
            Write(new ImportedNetwork(planned.Name, planned.Kind, result) { Differences = planned.Differences });
        }
    }

    private void Read(string text) => _networks.AddRange(NetworkText.Read(text, As, Session.Warn));
}
