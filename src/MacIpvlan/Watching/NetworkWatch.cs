using System.Diagnostics;
using System.Net.Sockets;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// Streams link, address, route and neighbor events of networks, on the host and in the namespaces of their NICs. One
/// socket receives them all: each namespace gets an id on the host, and no namespace is kept alive.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="options">What to watch.</param>
public sealed class NetworkWatch(NetworkSession session, NetworkWatchOptions options)
{
    // The longest time until new NICs of other commands, or a stop, are noticed.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(100);
    private readonly HashSet<NamespaceKey> _known = [];
    private readonly Dictionary<int, WatchedNamespace> _namespaces = [];
    private readonly List<NetworkEvent> _events = [];
    private readonly WatchedLeases _leases = new();
    private WatchedNamespace _host = new(nic: null, options.All);
    private WatchedNetworks _networks = null!;
    private long _lookedAt;

    /// <summary>Streams events until the time is over.</summary>
    /// <returns>The events since the last time, often none.</returns>
    /// <exception cref="OperationCanceledException">The command was stopped.</exception>
    public IEnumerable<IReadOnlyList<NetworkEvent>> Run()
    {
        long start = Stopwatch.GetTimestamp();
        using RouteListener listener = new(options.Kinds);
        Begin();
        while (true)
        {
            if (!listener.Drain(Take))
            {
                session.Warn("Events were lost because too many arrived at once. The events from now on are complete again.");
                Begin();
            }
            else if (session.State.GetVersion() != _lookedAt || _leases.HasExpired) Look(tells: true);

            yield return [.. _events.Where(e => options.Kinds.Contains(e.Kind))];
            _events.Clear();
            session.ThrowIfStopping();
            TimeSpan left = (options.Timeout ?? TimeSpan.MaxValue) - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero) yield break;
            listener.Wait(left < s_interval ? left : s_interval);
        }
    }

    // Reads the current state without reporting it.
    private void Begin()
    {
        _known.Clear();
        _namespaces.Clear();
        _host = new(nic: null, options.All);
        Look(tells: false);
        _host.Load(Read(session.Host), _networks);
    }

    private void Take(RouteNotice notice)
    {
        if (notice.EndedNamespaceId is int ended && _namespaces.TryGetValue(ended, out WatchedNamespace? gone) && HasEnded(gone))
        {
            _namespaces.Remove(ended);
            _events.AddRange(gone.TellEnd());
        }

        WatchedNamespace? place = notice.NamespaceId is int id ? _namespaces.GetValueOrDefault(id) : _host;
        if (place is null || notice.Kind is null) return;
        // The link can be a NIC that is being created, which is recorded before it exists in the kernel.
        if (notice.Kind == NetworkEventKind.Link && place.IsUnknown(notice.LinkIndex)) ReadRecord();
        if (place.Take(notice, _networks) is NetworkEvent happened) _events.Add(happened);
    }

    // The kernel frees the id and reports that only a moment later; by then, another namespace can use the id.
    private bool HasEnded(WatchedNamespace place)
    {
        using NamespaceHandle? alive = new NicLinks(session).OpenNamespace(place.Nic!.Record);
        session.LeaveNamespaces();
        return alive is null;
    }

    private void ReadRecord()
    {
        if (_networks.Version != session.State.GetVersion()) _networks = WatchedNetworks.Read(session, options.IsWanted);
    }

    // Adds namespaces that have NICs now, and drops those without any.
    private void Look(bool tells)
    {
        _networks = WatchedNetworks.Read(session, options.IsWanted);
        _lookedAt = _networks.Version;
        foreach (ContainerNic nic in _networks.OnePerNamespace.Where(n => _known.Add(n.Record.NamespaceKey))) TryWatch(nic, tells);
        session.LeaveNamespaces();
        if (tells) _events.AddRange(_leases.Look(_networks.Nics));
        else _leases.Load(_networks.Nics);
        _host.Attribute(_networks);
        foreach ((int id, WatchedNamespace place) in _namespaces)
        {
            place.Attribute(_networks);
            if (_networks.HasNics(place.Place) || place.HasNics) continue;
            _namespaces.Remove(id);
            _known.Remove(place.Place);
        }
    }

    private void TryWatch(ContainerNic nic, bool tells)
    {
        try
        {
            Watch(nic, tells);
        }
        catch (Exception e) when (e is NetlinkException { MissingPrivilege: null } or NetworkException)
        {
            session.Warn($"The namespace {nic.Namespace} isn't watched: {e.Message}");
        }
    }

    private void Watch(ContainerNic nic, bool tells)
    {
        using NamespaceHandle? target = new NicLinks(session).OpenNamespace(nic.Record);
        if (target is null) return;
        // From now on, the listener receives its events.
        if (session.Host.GetNamespaceId(target) < 0) session.Host.Execute(new NamespaceIdSet(target));
        WatchedNamespace place = new(nic, options.All);
        NamespaceContents contents = session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
            IReadOnlyList<Route> routes = !tells ? []
                : [.. inside.GetRoutes(AddressFamily.InterNetwork), .. inside.GetRoutes(AddressFamily.InterNetworkV6)];
            return Read(inside) with { Routes = routes };
        });
        place.Load(contents, _networks);
        _namespaces[session.Host.GetNamespaceId(target)] = place;
        if (tells) _events.AddRange(place.TellNics(contents));
    }

    // Routes aren't read: the kernel itself reports whether a route is new, and a host can have a million of them.
    private static NamespaceContents Read(RouteSocket socket) =>
        new(socket.GetLinks(), socket.GetAddresses(), socket.GetNeighbors(), []);
}

/// <summary>The settings of a watch.</summary>
public sealed record NetworkWatchOptions
{
    /// <summary>Selects networks by name.</summary>
    public Func<string, bool> IsWanted { get; init; } = static _ => true;

    /// <summary>Whether to include events that belong to no network.</summary>
    public bool All { get; init; }

    /// <summary>The kinds of events to include.</summary>
    public IReadOnlyCollection<NetworkEventKind> Kinds { get; init; } = Enum.GetValues<NetworkEventKind>();

    /// <summary>How long to watch; null until the command is stopped.</summary>
    public TimeSpan? Timeout { get; init; }
}
