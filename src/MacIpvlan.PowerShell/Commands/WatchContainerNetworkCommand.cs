using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Tells what the kernel does to the links, addresses, routes and neighbours of networks, as it happens.</summary>
[Cmdlet(VerbsCommon.Watch, "ContainerNetwork")]
[OutputType(typeof(LinkEvent), typeof(AddressEvent), typeof(RouteEvent), typeof(NeighborEvent))]
public sealed class WatchContainerNetworkCommand : NetworkCommand
{
    private readonly List<string> _names = [];

    /// <summary>Names or patterns; all networks when left away.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Tells also what belongs to no network.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>What to tell of; all kinds when left away.</summary>
    [Parameter]
    public NetworkEventKind[] Kind { get; set; } = Enum.GetValues<NetworkEventKind>();

    /// <summary>For how long, as a time span or in seconds; until Ctrl+C when left away.</summary>
    [Parameter]
    [SecondsTransformation]
    public TimeSpan? Timeout { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override bool EndsByItself => false;

    private protected override void Process() => _names.AddRange(Name ?? []);

    // At the end, when all networks are known.
    private protected override void Finish()
    {
        string[]? names = _names.Count == 0 ? null : [.. _names];
        ContainerNetwork[] known = names is null ? [] : [.. SelectNetworks(names)];
        if (names is not null && known.Length == 0 && !names.Any(WildcardPattern.ContainsWildcardCharacters)) return;
        NamePattern[]? patterns = names?.Select(n => NamePattern.For(n, known, static w => w.Name)).ToArray();
        NetworkWatch watch = new(Session, new NetworkWatchOptions
        {
            IsWanted = name => patterns is null || patterns.Any(p => p.Matches(name)),
            All = All,
            Kinds = Kind,
            Timeout = Timeout,
        });
        foreach (IReadOnlyList<NetworkEvent> events in watch.Run())
        {
            WriteMessages();
            foreach (NetworkEvent happened in events) Write(happened);
        }
    }
}
