using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A NIC of a container on a network.</summary>
public sealed class ContainerNic
{
    /// <param name="record">The record.</param>
    /// <param name="network">The record of its network.</param>
    /// <param name="state">What the kernel has; null for the state on record.</param>
    internal ContainerNic(NicRecord record, NetworkRecord network, NicState? state = null) =>
        (Record, NetworkRecord, State) = (record, network, state ?? NicStates.OnRecord(record));

    /// <summary>The network's name.</summary>
    public string Network => NetworkRecord.Name;

    /// <summary>The name of its container; null if the target wasn't a container.</summary>
    public string? Container => Record.Container?.Name;

    /// <summary>The id of its container.</summary>
    public string? ContainerId => Record.Container?.Id;

    /// <summary>The runtime of its container.</summary>
    public ContainerRuntime? Runtime => Record.Container?.Runtime;

    /// <summary>
    /// What decides which container has it: Name if its container was specified by name, so that the next container of the name
    /// gets it; Label if labels of the container asked for it; otherwise Id. Null if the target wasn't a container.
    /// </summary>
    public NicOwner? BelongsTo => Record.Container is null ? null
        : Record.IsByLabel ? NicOwner.Label
        : Record.BelongsToName ? NicOwner.Name
        : NicOwner.Id;

    /// <summary>The project, service and number of its container, if Compose made it.</summary>
    public string? ComposeInstance => Record.Container?.Instance?.ToString();

    /// <summary>The image of its container; empty if no runtime reports it.</summary>
    public string? Image => Record.Container?.Image is string image ? PrintableText.Clean(image) : null;

    /// <summary>The namespace that it is in: a name under /run/netns, a path, or the name of its container.</summary>
    public string Namespace => PrintableText.Clean(Record.NamespaceName);

    /// <summary>The path that led to the namespace.</summary>
    public string NamespacePath => PrintableText.Clean(Record.NamespacePath);

    /// <summary>The process specified as the target; null if the target was a namespace or a container.</summary>
    public int? ProcessId => Record.ProcessId;

    /// <summary>The interface's name in the namespace: the one that it has now, if it was looked at.</summary>
    public string InterfaceName => PrintableText.Clean(Seen?.Name ?? Record.InterfaceName);

    /// <summary>The interface's index in the namespace.</summary>
    public int InterfaceIndex => Record.InterfaceIndex;

    /// <summary>Its addresses with their prefix lengths, in the order of the request.</summary>
    public ValueList<AddressText> IPAddress => ValueList.Of(Addresses);

    /// <summary>
    /// The addresses that it has configured from router advertisements by now, if it was looked at.
    /// </summary>
    public ValueList<RouterAddress> RouterAddress => new(SeenRouterAddresses);

    /// <summary>
    /// How it makes those addresses: Eui64, StablePrivacy or a token; null if its network accepts no router advertisements.
    /// </summary>
    public string? InterfaceIdentifier => NicIdentifier.TextOf(NetworkRecord, Record)?.ToString();

    /// <summary>Its sysctls by request, those of its network too, as NAME=VALUE with IFNAME for the interface.</summary>
    public ValueList<string> Sysctl => ValueList.OfTexts(NicSysctls.Of(NetworkRecord, Record));

    /// <summary>Its MAC address, as it is now if it was looked at; empty until it is made.</summary>
    public string MacAddress => Link.Format(Seen?.MacAddress ?? Record.MacAddress);

    /// <summary>Its MTU in bytes, as it is now if it was looked at.</summary>
    public int Mtu => Seen?.Mtu ?? Record.Mtu;

    /// <summary>The highest rate at which it receives, in bits a second, such as 50Mbit; null for no limit.</summary>
    public string? MaximumBandwidthIn => Limits.In?.ToString();

    /// <summary>The highest rate at which it sends, in bits a second, such as 50Mbit; null for no limit.</summary>
    public string? MaximumBandwidthOut => Limits.Out?.ToString();

    /// <summary>How many bytes can pass at once; null to follow from the rate and the MTU.</summary>
    public int? BandwidthBurst => Limits.Burst;

    /// <summary>
    /// True if it takes the default route from the other NICs of its namespace, false if it never has one; null if the
    /// first NIC has it.
    /// </summary>
    public bool? DefaultRoute => Record.DefaultRoute;

    /// <summary>Whether its link is kept down: see Disable-ContainerNic.</summary>
    public bool Disabled => Record.IsDisabled;

    /// <summary>The link that it sits on.</summary>
    public string Parent => NetworkRecord.Parent;

    /// <summary>The gateways of its default routes, one for each address family that has one.</summary>
    public ValueList<AddressText> Gateway =>
        ValueList.Of(Routes.Where(static r => r.IsDefault && r.Gateway is not null).Select(static r => r.Gateway!));

    /// <summary>
    /// The routes that the network gives it, in the syntax of the ip command, without those that another NIC of the
    /// namespace has.
    /// </summary>
    public ValueList<string> Route => ValueList.OfTexts(Routes.Select(static r => r.Text));

    /// <summary>Its DHCP lease; null if it has none.</summary>
    public NicLease? Lease => Record.Dhcp is { Binding: DhcpBinding binding } dhcp && !binding.IsExpired(BootClock.Now)
        ? new(binding, dhcp.ClientIdentifier)
        : null;

    /// <summary>What it's like: in the kernel, or on record if that was asked for.</summary>
    public NicState State { get; }

    /// <summary>Its id: 16 hexadecimal digits.</summary>
    public string Id => Record.Id;

    internal IReadOnlyList<InterfaceAddress> Addresses => [.. Record.Leases.Select(static l => l.Address)];

    internal NicRecord Record { get; }

    internal NetworkRecord NetworkRecord { get; }

    /// <summary>Its link as the kernel has it; null if it wasn't looked at, or isn't there.</summary>
    internal Link? Seen { get; init; }

    /// <summary>When its link was read, in ticks of the stopwatch; zero if it wasn't looked at, or isn't there.</summary>
    internal long SeenTime { get; init; }

    /// <summary>Its addresses from router advertisements as the kernel has them; empty if it wasn't looked at.</summary>
    internal IReadOnlyList<RouterAddress> SeenRouterAddresses { get; init; } = [];

    /// <summary>The routes of its namespace; null if the other NICs there aren't known.</summary>
    internal Lazy<NamespaceRoutes>? Shared { get; init; }

    private BandwidthLimits Limits => NicBandwidth.Of(NetworkRecord, Record);

    private Link NamedLink => new() { Index = Record.InterfaceIndex, Name = InterfaceName };

    private IEnumerable<RouteAdd> Routes => Record.IsHost ? []
        : Shared is null ? NicRoutes.Of(NetworkRecord, Record, NamedLink)
        : Shared.Value.Of(Record).Select(r => r with { Link = NamedLink });

    /// <summary>The NIC as it is after a command disconnected it.</summary>
    public ContainerNic ToDisconnected() => new(Record, NetworkRecord, NicState.Disconnected);

    /// <summary>Whether a DHCP server assigns its IPv4 address.</summary>
    public bool UsesDhcp() => Record.Dhcp is not null && NetworkRecord.Dhcp is not null;

    /// <summary>Whether it was connected to the given namespace.</summary>
    public bool IsIn(NamespaceIdentity identity) => Record.Namespace == identity;

    /// <summary>Namespace and interface, such as web1/eth0.</summary>
    public override string ToString() =>
        InterfaceName.Length == 0 ? Namespace : $"{Namespace}/{InterfaceName}";
}
