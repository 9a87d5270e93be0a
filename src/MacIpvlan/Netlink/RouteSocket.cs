using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan.Netlink;

/// <summary>
/// A typed rtnetlink socket. It stays in the namespace of the thread that opened it, on any thread that uses it later.
/// It isn't thread-safe.
/// </summary>
public sealed class RouteSocket : IDisposable
{
    private const int AttemptsToCreate = 3;
    private readonly NetlinkSocket _socket;
    private readonly Action<string>? _trace;
    private readonly string? _namespace;

    internal RouteSocket(
        INetlinkTransport transport, NamespaceHandle? target = null, Action<string>? trace = null, Action? checkpoint = null)
    {
        _socket = new NetlinkSocket(transport, checkpoint);
        _trace = trace;
        _namespace = target is null or { IsOwn: true } ? null : target.Name;
    }

    /// <summary>The cookie of the socket's namespace; zero on kernels before 5.14.</summary>
    internal ulong NamespaceCookie => _socket.NamespaceCookie;

    /// <summary>Opens a socket in the calling thread's namespace.</summary>
    /// <param name="target">That namespace, named in errors and traces; null for the host's.</param>
    /// <param name="trace">Called before each change with the equivalent command.</param>
    /// <exception cref="NetlinkException">The kernel refuses to open a socket.</exception>
    public static RouteSocket Open(NamespaceHandle? target = null, Action<string>? trace = null) =>
        new(new NetlinkDatagramSocket(), target, trace);

    /// <summary>
    /// Does the same for a caller that only reads. A container that keeps changing what is read can't keep the caller
    /// from stopping.
    /// </summary>
    /// <param name="target">The namespace.</param>
    /// <param name="checkpoint">Called before a question is repeated and during a long answer; throws to stop.</param>
    internal static RouteSocket OpenToRead(NamespaceHandle target, Action checkpoint) =>
        new(new NetlinkDatagramSocket(), target, checkpoint: checkpoint);

    /// <summary>Requests changes in order. The kernel continues after a change that it refuses.</summary>
    /// <exception cref="NetlinkException">The first refusal.</exception>
    public void Execute(params ReadOnlySpan<RouteRequest> requests) => Execute(null, requests);

    /// <summary>Requests changes in order, and collects those that the kernel refused in a way that they tolerate.</summary>
    /// <exception cref="NetlinkException">The first other refusal.</exception>
    internal void Execute(List<RouteRequest>? tolerated, ReadOnlySpan<RouteRequest> requests)
    {
        if (_trace is not null)
        {
            foreach (RouteRequest request in requests) _trace(InNamespace(request.ToString()));
        }

        _socket.Execute(requests, tolerated);
    }

    /// <summary>
    /// Creates a link and reads it. If the kernel's answer was lost, looks whether the link exists, and tries again if
    /// it doesn't.
    /// </summary>
    /// <param name="request">
    /// The link. Its index or its group tells it apart from a link that someone else gave the name.
    /// </param>
    /// <param name="place">A socket in the link's namespace.</param>
    /// <exception cref="NetlinkException">The kernel refused, or the link was deleted or renamed at once.</exception>
    internal Link Create(LinkAdd request, RouteSocket place)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Execute(request);
                return Look() ?? throw new NetlinkException($"ip link show dev {ShellWord.Quote(request.Name)}", Errno.ENODEV);
            }
            catch (NetlinkException e) when (e.IsAnswerLost && (request.Index != 0 || request.Group != 0) && attempt < AttemptsToCreate)
            {
                if (Look() is Link made && made.KindName == request.Kind.Name
                    && (request.Index != 0 || made.Group == request.Group)) return made;
            }
        }

        Link? Look() => request.Index != 0 ? place.FindLink(request.Index) : place.FindLink(request.Name);
    }

    /// <summary>Finds a link by name or alternative name.</summary>
    /// <returns>Null if the link doesn't exist.</returns>
    public Link? FindLink(string name) =>
        LinkName.CanExist(name) ? _socket.Get(new LinkGet { Name = name }, Link.Parse) : null;

    /// <summary>Finds a link by index.</summary>
    /// <returns>Null if the link doesn't exist.</returns>
    public Link? FindLink(int index) => _socket.Get(new LinkGet { Index = index }, Link.Parse);

    /// <summary>All links of the namespace.</summary>
    public IReadOnlyList<Link> GetLinks() => _socket.Dump(new LinkGet(), Link.Parse);

    /// <summary>
    /// All links of a kind in the namespace, even while others make and delete links there all the time.
    /// </summary>
    /// <param name="kind">The name of the kind (IFLA_INFO_KIND), by which the kernel selects.</param>
    /// <param name="links">The links.</param>
    /// <returns>False if a change interrupted the dump at every attempt, so that links may be missing.</returns>
    internal bool TryGetLinks(string kind, out List<Link> links) =>
        _socket.TryDump(new LinkGet { Kind = kind }, Link.Parse, out links);

    /// <summary>The addresses of a link, or of all links.</summary>
    public IReadOnlyList<LinkAddress> GetAddresses(Link? link = null) => _socket.Dump(new AddressGet(link), AddressGet.Parse);

    /// <summary>The same, even while others add and remove addresses there all the time.</summary>
    /// <param name="link">The link; null for all links.</param>
    /// <param name="addresses">The addresses.</param>
    /// <returns>False if a change interrupted the dump at every attempt, so that addresses may be missing.</returns>
    internal bool TryGetAddresses(Link? link, out List<LinkAddress> addresses) =>
        _socket.TryDump(new AddressGet(link), AddressGet.Parse, out addresses);

    /// <summary>The routes of one family in the main table.</summary>
    public IReadOnlyList<Route> GetRoutes(AddressFamily family) => _socket.Dump(new RouteGet(family), RouteGet.Parse);

    /// <summary>The neighbors of all links.</summary>
    public IReadOnlyList<Neighbor> GetNeighbors() => _socket.Dump(new NeighborGet(), NeighborGet.Parse);

    /// <summary>
    /// The route that packets to a destination take; if a link is specified, only among the routes of that link.
    /// </summary>
    /// <exception cref="NetlinkException">
    /// There is no such route, or its type drops packets (errors as in ip-route(8)).
    /// </exception>
    internal Route FindRoute(AddressValue destination, Link? link = null)
    {
        RouteLookup lookup = new(destination, link);
        return _socket.Get(lookup, RouteGet.Parse) ?? throw new NetlinkException(lookup.ToString(), Errno.ENODEV);
    }

    /// <summary>The qdiscs of all links of the namespace.</summary>
    internal IReadOnlyList<Qdisc> GetQdiscs() => _socket.Dump(new QdiscGet(), QdiscGet.Parse);

    /// <summary>The filters of what a link receives, or of what it sends, in the order in which packets are compared with them.</summary>
    internal IReadOnlyList<TrafficFilter> GetFilters(Link link, bool isEgress = false) => _socket.Dump(new FilterGet(link, isEgress), FilterGet.Parse);

    /// <summary>
    /// The id of another namespace in this socket's namespace, as in IFLA_LINK_NETNSID; -1 if it has no id.
    /// </summary>
    public int GetNamespaceId(NamespaceHandle target) => _socket.Get(new NamespaceIdGet(target), NamespaceIdGet.Parse) is int id ? id : -1;

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The equivalent command for a shell outside the namespace.</summary>
    internal string InNamespace(string command) => _namespace switch
    {
        null => command,
        // ip and tc enter a namespace only by name; nsenter accepts any path.
        _ when _namespace.Contains('/') => $"nsenter --net={ShellWord.Quote(_namespace)} {command}",
        _ when command.StartsWith("ip ", StringComparison.Ordinal) || command.StartsWith("tc ", StringComparison.Ordinal) =>
            $"{command[..2]} -n {ShellWord.Quote(_namespace)}{command[2..]}",
        _ => $"ip netns exec {ShellWord.Quote(_namespace)} {command}",
    };
}
