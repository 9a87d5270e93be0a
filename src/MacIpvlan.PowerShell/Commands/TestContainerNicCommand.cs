using System.Management.Automation;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Tests whether NICs reach their gateways, each other, or any address.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ContainerNic", DefaultParameterSetName = ByNetwork)]
[OutputType(typeof(NicTestResult), typeof(bool))]
public sealed class TestContainerNicCommand : NetworkCommand
{
    private const string ByNetwork = "Network";
    private const string ByNic = "Nic";
    private readonly List<ContainerNic> _sources = [];
    private readonly List<NicReference> _references = [];
    private bool _isAllReached = true;

    /// <summary>
    /// Names or patterns of networks, or network objects. Without any restriction, all NICs are tested.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[]? Network { get; set; }

    /// <summary>NICs, as objects from Get-ContainerNic or Connect-ContainerNic, or deserialized.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByNic)]
    public NicReference[] InputObject { get; set; } = [];

    /// <summary>
    /// Addresses, NICs, or names of NICs, namespaces or containers. The default is the gateways of the network.
    /// </summary>
    [Parameter(Position = 1)]
    [SupportsWildcards]
    [ValueTransformation<NicDestination[]>]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    public NicDestination[]? Destination { get; set; }

    /// <summary>Names or patterns of containers, or their ids.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string[]? Container { get; set; }

    /// <summary>Names, paths or patterns of namespaces.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[]? Namespace { get; set; }

    /// <summary>Names or patterns of interfaces.</summary>
    [Parameter(ParameterSetName = ByNetwork)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceCompleter))]
    public string[]? InterfaceName { get; set; }

    /// <summary>Tests every NIC with every other NIC on its network.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>Uses ARP and neighbor solicitation instead of echo requests.</summary>
    [Parameter]
    public SwitchParameter LinkLayer { get; set; }

    /// <summary>How many requests are sent to each address.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Count { get; set; } = 4;

    /// <summary>How long to wait for the reply to the last request; fractions are allowed.</summary>
    [Parameter]
    [ValidateRange(0.01, 60.0)]
    public double TimeoutSeconds { get; set; } = 1;

    /// <summary>Returns only a Boolean: whether all destinations were reached.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool EntersNamespaces => true;

    private protected override bool SendsPackets => true;

    private protected override void Process()
    {
        if (ParameterSetName == ByNic)
        {
            _references.AddRange(InputObject);
            return;
        }

        ContainerNetwork[]? networks = SelectReferenced(Network);
        // A network that doesn't exist counts as not reached.
        if (networks is [] && !Network!.All(static n => WildcardPattern.ContainsWildcardCharacters(n.Name))) _isAllReached = false;
        NicFilter filter = new NicFilter(GetNics(networks))
            .Containers(Container).Namespaces(Namespace).Interfaces(InterfaceName);
        _sources.AddRange(filter.Found);
    }

    // Tests start only when all NICs are known, so that many run at a time.
    private protected override void Finish()
    {
        if (Full && Destination is not null)
        {
            throw new NetworkException(NetworkError.InvalidParameter, "Full and Destination can't be used together.");
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
        foreach (NicReference nic in _references) Try(nic, () => _sources.Add(nic.Find(() => all) ?? throw Missing(nic)));
        // The current state is read, because a NIC may have been restored since it came down the pipeline.
        ContainerNic[] sources = [.. _sources.DistinctBy(static n => n.Id).Select(n => all.FirstOrDefault(a => a.Id == n.Id) ?? n)];
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
