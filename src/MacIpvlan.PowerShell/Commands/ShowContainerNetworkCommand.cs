using System.Management.Automation;
using System.Text;
using MacIpvlan.Topology;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Draws networks with the links that they sit on and their NICs.</summary>
[Cmdlet(VerbsCommon.Show, "ContainerNetwork")]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ShowContainerNetworkCommand : NetworkCommand
{
    private const int MostNics = 20;
    private readonly List<string> _names = [];
    private bool _areAll;

    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>The format. The default depends on the file extension; without a file, it is text.</summary>
    [Parameter]
    public DrawingFormat As { get; set; }

    /// <summary>The file to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Doesn't replace an existing file.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Draws all NICs, however many a network has.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Shows what each NIC received and sent.</summary>
    [Parameter]
    public SwitchParameter Statistics { get; set; }

    /// <summary>The width: columns of text, or pixels of a picture.</summary>
    [Parameter]
    [ValidateRange(20, 32767)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int Width { get; set; }

    private int? GivenWidth => Width > 0 ? Width : null;

    private DrawingFormat Format => System.IO.Path.GetExtension(Path)?.ToLowerInvariant() switch
    {
        _ when MyInvocation.BoundParameters.ContainsKey(nameof(As)) => As,
        ".svg" => DrawingFormat.Svg,
        ".png" => DrawingFormat.Png,
        ".html" or ".htm" => DrawingFormat.Html,
        ".mmd" or ".mermaid" => DrawingFormat.Mermaid,
        null or "" or ".txt" => DrawingFormat.Text,
        string extension => throw new NetworkException(
            NetworkError.InvalidParameter,
            $"Drawings can't be written as {extension} files.",
            "Use .svg, .png, .html, .mmd or .txt, or specify the format with -As."),
    };

    private protected override void Process()
    {
        if (Name is null) _areAll = true;
        else _names.AddRange(NetworkReference.NamesOf(Name)!);
    }

    private protected override void Finish()
    {
        DrawingFormat format = Format;
        if (format == DrawingFormat.Png && Path is null)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, "A PNG picture isn't text, so it can only be written to a file.", "Specify the file with -Path.");
        }

        if (format == DrawingFormat.Mermaid && GivenWidth is not null)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, "A Mermaid flowchart has no width of its own.", "Omit -Width, or choose another format.");
        }

        ContainerNetwork[] networks = [.. SelectNetworks(_areAll ? null : [.. _names])];
        if (networks.Length == 0 && !_areAll) return;
        NetworkTopology topology = new TopologyReader(Session).Read(networks, Statistics);
        if (!All) topology = topology.Abridged(MostNics);
        if (format == DrawingFormat.Png)
        {
            WriteFile(PngPicture.Draw(topology, GivenWidth, Session.Stopping));
            return;
        }

        string[] texts = format switch
        {
            DrawingFormat.Mermaid => [MermaidChart.Draw(topology)],
            DrawingFormat.Svg => [SvgPicture.Draw(topology, GivenWidth)],
            DrawingFormat.Html => [HtmlPage.Draw(topology, GivenWidth)],
            _ => [.. TextTree.Draw(topology, GivenWidth ?? (Path is null ? TerminalWidth.Of(Host) : TextTree.OrdinaryWidth))],
        };
        if (Path is not null) WriteFile(Encoding.UTF8.GetBytes(string.Join('\n', texts).TrimEnd('\n') + '\n'));
        else foreach (string text in texts) Write(text);
    }

    private void WriteFile(byte[] content) =>
        Write(OutputFile.Write(FileLocation.Of(SessionState, Path!), content, replaces: !NoClobber));
}
