using System.Collections;
using System.Management.Automation;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Gives containers NICs on networks.</summary>
[Cmdlet(VerbsCommunications.Connect, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByTarget)]
[OutputType(typeof(ContainerNic))]
public sealed class ConnectContainerNicCommand : NetworkCommand
{
    private const string ByTarget = "Target";
    private const string ByContainer = "Container";
    private const string ByNamespace = "Namespace";
    private const string ByProcess = "Process";
    private const string ByNic = "Nic";
    // Piped input binds to Target, of the default set. If Container and Namespace couldn't be piped at all, PowerShell
    // would choose that set before it has seen an object and never consider ProcessId.
    private ConnectPipeline? _connections;
    private NicTargetFinder? _targets;
    private readonly Dictionary<string, ContainerNetwork> _networks = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The networks.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [NicIsNothing]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[] Network { get; set; } = [];

    /// <summary>Network namespaces, by name, path or object; if there is no such namespace, a container.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = ByTarget)]
    [ArgumentCompleter(typeof(TargetCompleter))]
    public TargetReference[] Target { get; set; } = [];

    /// <summary>Containers, by name, id, or the beginning of the id.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByContainer)]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public ContainerReference[] Container { get; set; } = [];

    /// <summary>Network namespaces, by name, path or object.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByNamespace)]
    [NicIsNothing]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[] Namespace { get; set; } = [];

    /// <summary>Processes in the network namespaces.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByProcess)]
    [Alias("Id", "PID")]
    [NullIsNothing]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(ProcessCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>
    /// Disconnected NICs to connect again with their former settings, unless other parameters override them.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByNic)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public NicReference[] InputObject { get; set; } = [];

    /// <summary>The interface name. The default is the next free ethN.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string? InterfaceName { get; set; }

    /// <summary>The addresses.</summary>
    [Parameter]
    [ValueTransformation<AddressReference[]>]
    [ArgumentCompleter(typeof(FreeAddressCompleter))]
    public AddressReference[]? IPAddress { get; set; }

    /// <summary>Gives the NIC no address.</summary>
    [Parameter]
    public SwitchParameter NoIPAddress { get; set; }

    /// <summary>How often the addresses are announced.</summary>
    [Parameter]
    [ValidateRange(0, 3)]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int AnnounceCount { get; set; } = 1;

    /// <summary>Probes the addresses before the NIC takes them. The default is the network's setting.</summary>
    [Parameter]
    public SwitchParameter ProbeAddress { get; set; }

    /// <summary>The host name to send to DHCP servers. The default is the name of the container or namespace.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NoCompleter))]
    public string? HostName { get; set; }

    /// <summary>The MAC address.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public PhysicalAddress? MacAddress { get; set; }

    /// <summary>
    /// Takes the default route from the other NICs of the namespace; if false, never gets one. By default, the first NIC has it.
    /// </summary>
    [Parameter]
    public SwitchParameter DefaultRoute { get; set; }

    /// <summary>How the NIC makes addresses from router advertisements. The default is the network's setting.</summary>
    [Parameter]
    [ValueTransformation<InterfaceIdentifier>]
    [ArgumentCompleter(typeof(InterfaceIdentifierCompleter))]
    public InterfaceIdentifier? InterfaceIdentifier { get; set; }

    /// <summary>Sysctls in addition to those of the network, or instead: names, with IFNAME for the interface, and values.</summary>
    [Parameter]
    [SysctlTransformation]
    [ArgumentCompleter(typeof(NoCompleter))]
    public IDictionary? Sysctl { get; set; }

    /// <summary>The MTU.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? Mtu { get; set; }

    /// <summary>The highest rate at which the NIC receives and sends, in bits a second.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidth { get; set; }

    /// <summary>The highest rate at which the NIC receives.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidthIn { get; set; }

    /// <summary>The highest rate at which it sends.</summary>
    [Parameter]
    [ValueTransformation<Bandwidth>]
    [ArgumentCompleter(typeof(BandwidthCompleter))]
    public Bandwidth? MaximumBandwidthOut { get; set; }

    /// <summary>How many bytes can pass at once. The default follows from the rate and the MTU.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NoCompleter))]
    public int? BandwidthBurst { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        if (NoIPAddress && IPAddress?.Length > 0)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                "NoIPAddress and IPAddress can't be used together.",
                "Omit -NoIPAddress for a NIC with the addresses, or -IPAddress for one without.");
        }

        // Piped text binds to both, and then means the target.
        if (ParameterSetName == ByTarget && !IsTyped(nameof(Network)) && !IsTyped(nameof(Target)))
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"No network was specified for the target {Target[0]}.",
                $"Specify the network: '{Target[0]}' | Connect-ContainerNic NETWORK.");
        }

        _connections ??= new ConnectPipeline(Session, Report);
        _targets ??= new NicTargetFinder(Session);
        foreach (NetworkReference reference in Network)
        {
            ContainerNetwork? network = Find(reference.Name);
            if (network is null) WriteError(ErrorRecords.From(NotFound.NetworkOfNic(Session, reference.Name, new ContainerNetworks(Session).GetAll()), reference.Name));
            else ConnectEach(network);
        }
    }

    private protected override void Finish() => _connections?.Finish();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _connections?.Dispose();
        base.Dispose(disposing);
    }

    private ContainerNetwork? Find(string name)
    {
        // Each network is read only once for all NICs.
        if (!_networks.TryGetValue(name, out ContainerNetwork? network) && new ContainerNetworks(Session).Find(name) is ContainerNetwork found)
        {
            _networks.Add(name, network = found);
        }

        return network;
    }

    private void ConnectEach(ContainerNetwork network)
    {
        switch (ParameterSetName)
        {
            case ByContainer: Each(Container, c => _targets!.OpenContainer(c.Text)); break;
            case ByNamespace: Each(Namespace, n => _targets!.OpenNamed(n.Text)); break;
            case ByProcess: Each(ProcessId, NicTargetFinder.OpenProcess); break;
            case ByNic: Each(InputObject, n => n.Open(_targets!)); break;
            default: Each(Target, t => _targets!.Open(t.Text)); break;
        }

        void Each<T>(IEnumerable<T> inputs, Func<T, NicTarget> open)
        {
            foreach (T input in inputs)
            {
                Guard(input, () => _connections!.Start(
                    input!, () => open(input), target => Request(network, target, input as NicReference)));
            }
        }
    }

    private NicRequest? Request(ContainerNetwork network, NicTarget target, NicReference? earlier)
    {
        if (!ShouldProcess(target.Namespace.Name, $"Connect a NIC to {network.Kind} network {network.Name}")) return null;
        Session.Progress(new("Connecting NICs", target.Namespace.Name));
        NicReference? same = network.Name.Equals(earlier?.Network, StringComparison.OrdinalIgnoreCase) ? earlier : null;
        bool hasOwnMac = network is MacvlanNetwork { Mode: not MacvlanMode.Passthru };
        bool takesAdvertisements = network.InterfaceIdentifier is not null;
        IReadOnlyList<AddressReference>? had = IPAddress is null ? same?.ReadAddresses() : null;
        IReadOnlyList<AddressReference> addresses = IPAddress ?? had ?? [];
        // The address of an earlier lease isn't requested.
        IEnumerable<AddressReference> requested = addresses.Where(a => IPAddress is not null || !network.Dhcp || a.Value.Family != AddressFamily.InterNetwork);
        return new NicRequest
        {
            Network = network,
            Target = target.Namespace,
            ProcessId = target.ProcessId,
            Container = target.Container,
            BelongsToName = target.IsNamed,
            InterfaceName = InterfaceName ?? earlier?.InterfaceName,
            Addresses = [.. requested.Select(static a => a.Value)],
            AddressesWithLength = [.. requested.Select(static a => a.WithLength).OfType<InterfaceAddress>()],
            NoAddress = NoIPAddress || had is { Count: 0 },
            HasOnlyThese = had is not null,
            IsDisabled = same?.ReadDisabled() == true,
            DefaultRoute = MyInvocation.BoundParameters.ContainsKey(nameof(DefaultRoute)) ? DefaultRoute : same?.ReadDefaultRoute(),
            AnnounceCount = AnnounceCount,
            ProbeAddress = MyInvocation.BoundParameters.ContainsKey(nameof(ProbeAddress)) ? ProbeAddress : null,
            HostName = HostName,
            MacAddress = MacAddress ?? (hasOwnMac ? same?.ReadMacAddress() : null),
            InterfaceIdentifier = InterfaceIdentifier ?? (takesAdvertisements ? same?.ReadInterfaceIdentifier() : null),
            Sysctls = Sysctl is null ? same?.ReadSysctls() ?? [] : SysctlTransformationAttribute.Read(Sysctl),
            Mtu = Mtu ?? (same?.ReadMtu() is int mtu && mtu != network.Mtu ? mtu : null),
            Bandwidth = ReadBandwidth(network, same),
        };
    }

    private BandwidthLimits ReadBandwidth(ContainerNetwork network, NicReference? same)
    {
        BandwidthLimits wanted = BandwidthLimits.Of(MaximumBandwidth, MaximumBandwidthIn, MaximumBandwidthOut, BandwidthBurst);
        if (same is null) return wanted;
        // What the NIC had from its network goes on to follow the network.
        BandwidthLimits had = same.ReadBandwidth();
        return wanted.Or(new(
            Differing(had.In, network.MaximumBandwidthIn), Differing(had.Out, network.MaximumBandwidthOut), had.Burst == network.BandwidthBurst ? null : had.Burst));

        static Bandwidth? Differing(Bandwidth? rate, string? ofNetwork) => rate?.ToString() == ofNetwork ? null : rate;
    }

    private void Report(object input, ConnectOutcome outcome) => Guard(input, () => Write(outcome.GetNic()));
}
