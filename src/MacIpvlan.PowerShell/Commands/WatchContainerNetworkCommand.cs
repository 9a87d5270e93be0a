using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Streams link, address, route and neighbor events of networks.</summary>
[Cmdlet(VerbsCommon.Watch, "ContainerNetwork")]
[OutputType(typeof(LinkEvent), typeof(AddressEvent), typeof(RouteEvent), typeof(NeighborEvent))]
public sealed class WatchContainerNetworkCommand : NetworkCommand
{
    private readonly List<string> _names = [];

    /// <summary>Names or patterns, network objects, or objects that belong to networks. The default is all networks.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Name { get; set; }

    /// <summary>Includes events that belong to no network.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>The kinds of events. The default is all kinds.</summary>
    [Parameter]
    public NetworkEventKind[] Kind { get; set; } = Enum.GetValues<NetworkEventKind>();

    /// <summary>How long to watch, as a time span or in seconds. The default is until Ctrl+C.</summary>
    [Parameter]
    [SecondsTransformation]
    [ArgumentCompleter(typeof(NoCompleter))]
    public TimeSpan? Timeout { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override bool EndsByItself => false;

    private protected override void Process() => _names.AddRange(NetworkReference.NamesOf(Name) ?? []);

    // The watch starts only when all networks are known.
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
