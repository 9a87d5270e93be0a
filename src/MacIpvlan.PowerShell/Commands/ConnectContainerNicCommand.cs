using System.Globalization;
using System.Management.Automation;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan.PowerShell.Commands;

/// <summary>Gives a container a NIC on a network.</summary>
[Cmdlet(VerbsCommunications.Connect, "ContainerNic", SupportsShouldProcess = true, DefaultParameterSetName = ByNamespace)]
[OutputType(typeof(ContainerNic))]
public sealed class ConnectContainerNicCommand : NetworkCommand
{
    private const string ByNamespace = "Namespace";
    private const string ByProcess = "Process";
    private ContainerNics? _nics;
    private IReadOnlyList<ContainerNetwork> _networks = [];

    /// <summary>The network.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(NetworkCompleter))]
    public NetworkReference[] Network { get; set; } = [];

    /// <summary>The network namespace: a name, a path or an object.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ParameterSetName = ByNamespace)]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public NamespaceReference[] Namespace { get; set; } = [];

    /// <summary>A process in the network namespace.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByProcess)]
    [Alias("Id", "PID")]
    [ValidateRange(1, int.MaxValue)]
    public int[] ProcessId { get; set; } = [];

    /// <summary>The interface's name; the next free ethN when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public string? InterfaceName { get; set; }

    /// <summary>Its addresses.</summary>
    [Parameter]
    [ValueTransformation<AddressValue[]>]
    public AddressValue[]? IPAddress { get; set; }

    /// <summary>Leaves it without any address.</summary>
    [Parameter]
    public SwitchParameter NoIPAddress { get; set; }

    /// <summary>How often its addresses are announced.</summary>
    [Parameter]
    [ValidateRange(0, 3)]
    public int AnnounceCount { get; set; } = 1;

    /// <summary>Probes its addresses before it takes them; as the network says when left away.</summary>
    [Parameter]
    public SwitchParameter ProbeAddress { get; set; }

    /// <summary>Its MAC address.</summary>
    [Parameter]
    public PhysicalAddress? MacAddress { get; set; }

    /// <summary>Its MTU.</summary>
    [Parameter]
    public int? Mtu { get; set; }

    private protected override bool ChangesHost => true;

    private protected override bool EntersNamespaces => true;

    private protected override void Process()
    {
        if (NoIPAddress && IPAddress?.Length > 0)
        {
            throw new NetworkException(NetworkError.InvalidParameter, "NoIPAddress and IPAddress contradict each other.");
        }

        _nics ??= new ContainerNics(Session);
        foreach (NetworkReference reference in Network)
        {
            ContainerNetwork? network = Find(reference.Name);
            if (network is null) WriteError(ErrorRecords.From(NetworkNotFound(reference.Name), reference.Name));
            else if (ParameterSetName == ByProcess) ConnectEach(network, ProcessId, OpenProcess, static id => id);
            else ConnectEach(network, Namespace, static n => n.Open(), static _ => null);
        }
    }

    private ContainerNetwork? Find(string name)
    {
        // Read once for all NICs, and again for a network that an earlier command of the pipeline has just made.
        ContainerNetwork? found = Search();
        if (found is not null) return found;
        _networks = new ContainerNetworks(Session).GetAll();
        return Search();

        ContainerNetwork? Search() => _networks.FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    private void ConnectEach<T>(
        ContainerNetwork network, IEnumerable<T> targets, Func<T, NamespaceHandle> open, Func<T, int?> processId)
    {
        foreach (T target in targets)
        {
            Guard(target, () =>
            {
                using NamespaceHandle handle = open(target);
                if (!ShouldProcess(handle.Name, $"Connect a NIC to {network.Kind} network {network.Name}")) return;
                Write(_nics!.Connect(new NicRequest
                {
                    Network = network,
                    Target = handle,
                    ProcessId = processId(target),
                    InterfaceName = InterfaceName,
                    Addresses = IPAddress ?? [],
                    NoAddress = NoIPAddress,
                    AnnounceCount = AnnounceCount,
                    ProbeAddress = MyInvocation.BoundParameters.ContainsKey(nameof(ProbeAddress)) ? ProbeAddress : null,
                    MacAddress = MacAddress,
                    Mtu = Mtu,
                }));
            });
        }
    }

    private static NamespaceHandle OpenProcess(int id)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/ns/net");
        return Directory.Exists($"/proc/{id}")
            ? NamespaceHandle.Open(path, path)
            : throw new NetworkException(NetworkError.ProcessNotFound, $"There is no process with the id {id}.");
    }
}
