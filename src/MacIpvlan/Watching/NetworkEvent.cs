using MacIpvlan.Addressing;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>A change of a link, address, route or neighbor in the kernel.</summary>
public abstract class NetworkEvent
{
    private protected NetworkEvent(NetworkEventKind kind, NetworkEventSource source, NetworkEventAction action) =>
        (Kind, Source, Action) = (kind, source, action);

    /// <summary>When the event was received.</summary>
    public DateTimeOffset Time { get; } = DateTimeOffset.Now;

    /// <summary>The kind of object that changed.</summary>
    public NetworkEventKind Kind { get; }

    /// <summary>How the object changed.</summary>
    public NetworkEventAction Action { get; }

    /// <summary>The namespace of the event: host, or the name of the NIC's namespace or container.</summary>
    public string Namespace => Source.Namespace;

    /// <summary>The interface; null for routes through several interfaces or none.</summary>
    public string? Interface => Source.Interface;

    /// <summary>
    /// The network that the interface belongs to, or the networks of a parent; null for other interfaces.
    /// </summary>
    public string? Network => Source.Network;

    /// <summary>The NIC; null if the interface isn't one of this module's NICs.</summary>
    public ContainerNic? Nic => Source.Nic;

    /// <summary>The details in words.</summary>
    public abstract string Summary { get; }

    private NetworkEventSource Source { get; }

    /// <summary>The whole event in words, such as host/eth0: link changed: down.</summary>
    public override string ToString() =>
        $"{Namespace}{(Interface is null ? "" : $"/{Interface}")}: {Kind.ToString().ToLowerInvariant()} "
        + $"{Action.ToString().ToLowerInvariant()}: {Summary}";
}

/// <summary>Where an event happened.</summary>
internal sealed record NetworkEventSource(string Namespace, string? Interface, string? Network, ContainerNic? Nic);

/// <summary>The ways in which an object can change.</summary>
public enum NetworkEventAction : long
{
    /// <summary>The object is new.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Changed,

    /// <summary>The object no longer exists.</summary>
    Removed,
}

/// <summary>A link was added, changed or removed.</summary>
public sealed class LinkEvent : NetworkEvent
{
    internal LinkEvent(NetworkEventSource source, NetworkEventAction action, Link link, string summary)
        : base(NetworkEventKind.Link, source, action) => (Link, Summary) = (link, summary);

    /// <summary>The link's index in its namespace.</summary>
    public int InterfaceIndex => Link.Index;

    /// <summary>The name of its kind, such as macvlan; null for hardware.</summary>
    public string? LinkKind => Link.KindName;

    /// <summary>Whether it is set up.</summary>
    public bool IsUp => Link.IsUp;

    /// <summary>Whether it has a carrier.</summary>
    public bool HasCarrier => Link.HasCarrier;

    /// <summary>Its MTU in bytes.</summary>
    public int Mtu => Link.Mtu;

    /// <summary>Its MAC address.</summary>
    public string MacAddress => Link.Format(Link.MacAddress);

    /// <inheritdoc/>
    public override string Summary { get; }

    private Link Link { get; }
}

/// <summary>An interface gained or lost an address.</summary>
public sealed class AddressEvent : NetworkEvent
{
    internal AddressEvent(NetworkEventSource source, NetworkEventAction action, InterfaceAddress address)
        : base(NetworkEventKind.Address, source, action) => IPAddress = new(address);

    /// <summary>The address with its prefix length.</summary>
    public AddressText IPAddress { get; }

    /// <inheritdoc/>
    public override string Summary => IPAddress.ToString();
}

/// <summary>A route was added, replaced or removed.</summary>
public sealed class RouteEvent : NetworkEvent
{
    private readonly Route _route;

    internal RouteEvent(NetworkEventSource source, NetworkEventAction action, Route route)
        : base(NetworkEventKind.Route, source, action) => _route = route;

    /// <summary>The destination.</summary>
    public AddressText Destination => new(_route.Destination);

    /// <summary>The next hop; null for a destination on the link itself.</summary>
    public AddressText? Gateway => _route.Gateway is AddressValue gateway ? new(gateway) : null;

    /// <summary>The metric; zero if it has none.</summary>
    public int Metric => _route.Metric;

    /// <summary>The routing table; 254 is the main table.</summary>
    public int Table => _route.Table;

    /// <summary>The type of the route; null for a type that this module doesn't create.</summary>
    public NetworkRouteType? Type => _route.Type;

    /// <inheritdoc/>
    public override string Summary => _route.Text;
}

/// <summary>A neighbor was added, changed or removed.</summary>
public sealed class NeighborEvent : NetworkEvent
{
    private readonly Neighbor _neighbor;

    internal NeighborEvent(NetworkEventSource source, NetworkEventAction action, Neighbor neighbor)
        : base(NetworkEventKind.Neighbor, source, action) => _neighbor = neighbor;

    /// <summary>The neighbor's address.</summary>
    public AddressText IPAddress => new(_neighbor.Address);

    /// <summary>Its MAC address; empty while unknown.</summary>
    public string MacAddress => Link.Format(_neighbor.MacAddress);

    /// <summary>The state of the neighbor entry.</summary>
    public NeighborState State => _neighbor.State;

    /// <inheritdoc/>
    public override string Summary => _neighbor.ToString();
}
