using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan.Netlink;

/// <summary>
/// rtnetlink in typed verbs: a socket in the namespace of the thread that opened it, wherever it is used later. Not for
/// use by two threads at once.
/// </summary>
public sealed class RouteSocket : IDisposable
{
    private readonly NetlinkSocket _socket;
    private readonly Action<string>? _trace;
    private readonly string? _namespace;

    internal RouteSocket(INetlinkTransport transport, NamespaceHandle? target = null, Action<string>? trace = null)
    {
        _socket = new NetlinkSocket(transport);
        _trace = trace;
        _namespace = target is null or { IsOwn: true } ? null : target.Name;
    }

    /// <summary>The cookie of the socket's namespace; zero where the kernel has none (before 5.14).</summary>
    internal ulong NamespaceCookie => _socket.NamespaceCookie;

    /// <summary>Opens a socket in the calling thread's namespace.</summary>
    /// <param name="target">That namespace, for the words of errors and traces; null for the host's own.</param>
    /// <param name="trace">Told of each change, as the ip command that does the same, before it is asked for.</param>
    /// <exception cref="NetlinkException">The kernel gives no socket.</exception>
    public static RouteSocket Open(NamespaceHandle? target = null, Action<string>? trace = null) =>
        new(new NetlinkDatagramSocket(), target, trace);

    /// <summary>Asks for changes, in order; the kernel goes on past one that it refuses.</summary>
    /// <exception cref="NetlinkException">The first refusal.</exception>
    public void Execute(params ReadOnlySpan<RouteRequest> requests)
    {
        if (_trace is not null)
        {
            foreach (RouteRequest request in requests) _trace(InNamespace(request.ToString()));
        }

        _socket.Execute(requests);
    }

    /// <summary>Looks a link up by name or alternative name.</summary>
    /// <returns>Null if there is none.</returns>
    public Link? FindLink(string name) =>
        LinkName.CanExist(name) ? _socket.Get(new LinkGet { Name = name }, Link.Parse) : null;

    /// <summary>Looks a link up by index.</summary>
    /// <returns>Null if there is none.</returns>
    public Link? FindLink(int index) => _socket.Get(new LinkGet { Index = index }, Link.Parse);

    /// <summary>All links of the namespace.</summary>
    public IReadOnlyList<Link> GetLinks() => _socket.Dump(new LinkGet(), Link.Parse);

    /// <summary>The addresses of a link, or of all links.</summary>
    public IReadOnlyList<LinkAddress> GetAddresses(Link? link = null) => _socket.Dump(new AddressGet(link), AddressGet.Parse);

    /// <summary>The routes of one family in the main table.</summary>
    public IReadOnlyList<Route> GetRoutes(AddressFamily family) => _socket.Dump(new RouteGet(family), RouteGet.Parse);

    /// <summary>The neighbours of all links.</summary>
    public IReadOnlyList<Neighbor> GetNeighbors() => _socket.Dump(new NeighborGet(), NeighborGet.Parse);

    /// <summary>The route that packets to a destination take, of those by a link if one is given.</summary>
    /// <exception cref="NetlinkException">There is none, or one that leads nowhere (ip-route(8) has its errors).</exception>
    internal Route FindRoute(AddressValue destination, Link? link = null)
    {
        RouteLookup lookup = new(destination, link);
        return _socket.Get(lookup, RouteGet.Parse) ?? throw new NetlinkException(lookup.ToString(), Errno.ENODEV);
    }

    /// <summary>The number by which this socket's namespace knows another one, as in IFLA_LINK_NETNSID; -1 if by none.</summary>
    public int GetNamespaceId(NamespaceHandle target) => _socket.Get(new NamespaceIdGet(target), NamespaceIdGet.Parse) is int id ? id : -1;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The command as it is said from outside of the namespace.</summary>
    internal string InNamespace(string command) => _namespace switch
    {
        null => command,
        // The ip command's own way into a namespace takes a name only; nsenter takes any path.
        _ when _namespace.Contains('/') => $"nsenter --net={_namespace} {command}",
        _ when command.StartsWith("ip ", StringComparison.Ordinal) => $"ip -n {_namespace}{command["ip".Length..]}",
        _ => $"ip netns exec {_namespace} {command}",
    };
}
