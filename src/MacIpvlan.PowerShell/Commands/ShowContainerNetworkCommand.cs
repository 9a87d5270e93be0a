using System.Management.Automation;
using MacIpvlan.Topology;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Draws networks: the links that they sit on, and the NICs on them.</summary>
[Cmdlet(VerbsCommon.Show, "ContainerNetwork")]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowContainerNetworkCommand : NetworkCommand
{
    private const int MostNics = 20;
    private readonly List<string> _names = [];
    private bool _areAll;

    /// <summary>Names or patterns; all networks when left away.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string[]? Name { get; set; }

    /// <summary>How they are drawn; as the file's name ends, else as text, when left away.</summary>
    [Parameter]
    public DrawingFormat As { get; set; }

    /// <summary>The file to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Leaves a file that is there as it is.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Draws all NICs of a network, however many it has.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    private DrawingFormat Format => System.IO.Path.GetExtension(Path)?.ToLowerInvariant() switch
    {
        _ when MyInvocation.BoundParameters.ContainsKey(nameof(As)) => As,
        ".svg" => DrawingFormat.Svg,
        ".html" or ".htm" => DrawingFormat.Html,
        ".mmd" or ".mermaid" => DrawingFormat.Mermaid,
        _ => DrawingFormat.Text,
    };

    private protected override void Process()
    {
        if (Name is null) _areAll = true;
        else _names.AddRange(Name);
    }

    private protected override void Finish()
    {
        ContainerNetwork[] networks = [.. SelectNetworks(_areAll ? null : [.. _names])];
        if (networks.Length == 0 && !_areAll) return;
        NetworkTopology topology = new TopologyReader(Session).Read(networks);
        if (!All) topology = topology.Abridged(MostNics);
        string[] texts = Format switch
        {
            DrawingFormat.Mermaid => [MermaidChart.Draw(topology)],
            DrawingFormat.Svg => [SvgPicture.Draw(topology)],
            DrawingFormat.Html => [HtmlPage.Draw(topology)],
            _ => [.. TextTree.Draw(topology, Path is null ? TerminalWidth.Of(Host) : TextTree.OrdinaryWidth)],
        };
        if (Path is not null)
        {
            string path = FileLocation.Of(SessionState, Path);
            Write(OutputFile.Write(path, string.Join('\n', texts).TrimEnd('\n') + '\n', replaces: !NoClobber));
            return;
        }

        foreach (string text in texts) Write(text);
    }
}
