using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Tests whether NICs reach their gateways, each other, or any address.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ContainerNic", DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(NicTestResult), typeof(bool))]
public sealed class TestContainerNicCommand : NicSelectionCommand
{
    private readonly List<NicSelection> _selections = [];
    private bool _isAllReached = true;

    /// <summary>
    /// Addresses, NICs, or names of NICs, namespaces or containers. The default is the gateways of the network.
    /// </summary>
    [Parameter(Position = 2)]
    [SupportsWildcards]
    [ValueTransformation<NicDestination[]>]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public NicDestination[]? Destination { get; set; }

    /// <summary>Tests every NIC with every other NIC on its network.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>Uses ARP and neighbor solicitation instead of echo requests.</summary>
    [Parameter]
    public SwitchParameter LinkLayer { get; set; }

    /// <summary>How many requests are sent to each address.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int Count { get; set; } = 4;

    /// <summary>How long to wait for the reply to the last request; fractions are allowed.</summary>
    [Parameter]
    [ValidateRange(0.01, 60.0)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public double TimeoutSeconds { get; set; } = 1;

    /// <summary>Returns only a Boolean: whether all destinations were reached.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override bool SendsPackets => true;

    private protected override void Process(NicSelection selection)
    {
        // A network that doesn't exist counts as not reached.
        _isAllReached &= !selection.IsNetworkMissing;
        _selections.Add(selection);
    }

    // Tests start only when all NICs are known, so that many run at a time.
    private protected override void Finish()
    {
        if (Full && Destination is not null)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                "Full and Destination can't be used together.",
                "Omit -Destination to test the NICs with each other, or -Full to test them with the destination.");
        }

        NicTestPair[] pairs = [.. FindPairs()];
        using NicTests tests = new(Session, new NicTestOptions
        {
            Count = Count,
            Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
            LinkLayer = LinkLayer,
        });
        tests.Run(pairs, (pair, result) =>
        {
            Session.Progress(new("Testing NICs", pair, pairs.Length));
            Try(pair.Source, () => Report(result()));
        });
        if (Quiet) Write(_isAllReached);
    }

    private void Report(NicTestResult result)
    {
        _isAllReached &= result.Reachable;
        if (!Quiet) Write(result);
    }

    private List<NicTestPair> FindPairs()
    {
        IReadOnlyList<ContainerNic> all = new ContainerNics(Session).GetAll();
        List<ContainerNic> found = [];
        foreach (NicSelection selection in _selections) found.AddRange(Find(selection, all));
        // The current state is read, because a NIC may have been restored since it came down the pipeline.
        ContainerNic[] sources = [.. found.DistinctBy(static n => n.Id).Select(n => all.FirstOrDefault(a => a.Id == n.Id) ?? n)];
        List<NicTestPair> pairs = [];
        if (Full) pairs.AddRange(NicTestPair.Full(sources));
        List<Func<ContainerNic, IEnumerable<NicTestPair>>> destinations = [];
        foreach (NicDestination destination in Destination ?? []) Try(destination, () => destinations.Add(destination.Resolve(all)));
        foreach (ContainerNic source in sources)
        {
            if (Destination is not null) pairs.AddRange(destinations.SelectMany(d => d(source)));
            else if (!Full) Try(source, () => pairs.AddRange(ToGateways(source)));
            else if (!sources.Any(n => n.Id != source.Id && n.Network == source.Network)) Try(source, () => throw Alone(source));
        }

        return pairs;
    }

    private List<ContainerNic> Find(NicSelection selection, IReadOnlyList<ContainerNic> all)
    {
        List<ContainerNic> found = [];
        if (selection.Nics is null) found.AddRange(selection.Find(() => all));
        foreach (NicReference nic in selection.Nics ?? []) Try(nic, () => found.Add(nic.Find(() => all) ?? throw Missing(nic)));
        _isAllReached &= selection.Nics is not null || !ReportMissing(selection, found);
        return found;
    }

    private void Try(object target, Action action)
    {
        if (!Guard(target, action)) _isAllReached = false;
    }

    private static IReadOnlyList<NicTestPair> ToGateways(ContainerNic source) => NicTestPair.ToGateways(source) is { Count: > 0 } pairs
        ? pairs
        : throw new NetworkException(
            NetworkError.InvalidParameter,
            $"{source} has no gateway on network '{source.Network}' to be tested with.",
            "Specify a -Destination, or use -Full to test the NICs of the network with each other.");

    private static NetworkException Missing(NicReference nic) => new(
        NetworkError.NicNotFound,
        $"The NIC {nic} no longer exists on network '{nic.Network}'.",
        "List the NICs with Get-ContainerNic.");

    private static NetworkException Alone(ContainerNic source) => new(
        NetworkError.InvalidParameter,
        $"{source} is the only NIC on network '{source.Network}', so there is no other NIC to test it with.",
        "Specify a -Destination.");
}
