using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Compares the routes that NICs have on record with those of their namespaces.</summary>
internal sealed class RouteComparison(NetworkSession session)
{
    private Dictionary<NamespaceKey, Lazy<NamespaceRoutes>> _routes = [];
    private ILookup<NamespaceKey, ObsoleteRoute> _obsolete = Array.Empty<NicRecord>().ToLookup(static n => n.NamespaceKey, static _ => (ObsoleteRoute)null!);

    /// <summary>Notes which routes the NICs of each namespace have. Call it before a NIC is compared.</summary>
    /// <param name="all">All NICs of the namespaces, with the host's.</param>
    public void Note(IReadOnlyCollection<ContainerNic> all)
    {
        Dictionary<string, NicRecord> hosts = all.Select(static n => n.Record).Where(static n => n is { IsHost: true, IsMade: true }).ToDictionary(static n => n.NetworkId);
        _routes = NamespaceRoutes.OfEach(all.Select(static n => new ContainerNic(n.Record.OnLink(), n.NetworkRecord)), id => hosts.GetValueOrDefault(id));
        _obsolete = all.SelectMany(static n => n.Record.Obsolete.Routes.Select(r => (n.Record.NamespaceKey, Route: r)))
            .Distinct().ToLookup(static o => o.NamespaceKey, static o => o.Route);
    }

    /// <summary>All routes that the NICs of a namespace have.</summary>
    public IReadOnlyList<ObsoleteRoute> All(NamespaceKey place) => !_routes.TryGetValue(place, out Lazy<NamespaceRoutes>? routes) ? [] :
    [
        .. routes.Value.All.Select(static r => new ObsoleteRoute(r.Type == NetworkRouteType.Unicast ? r.Link.Index : 0, new NetworkRoute
        {
            Destination = r.Destination,
            NextHop = r.Gateway?.ToIPAddress(),
            Metric = r.KnownMetric > 0 ? r.KnownMetric : null,
            Type = r.Type,
        })),
    ];

    /// <summary>The routes of a NIC on its link.</summary>
    public IEnumerable<RouteAdd> Of(ContainerNic nic, Link link) => nic.Record.IsHost
        ? HostRoutes.Of(link, session.State.GetNics(nic.Record.NetworkId).Where(static n => n.IsMade))
        : _routes[nic.Record.NamespaceKey].Value.Of(nic.Record).Select(r => r with { Link = link });

    /// <summary>Whether a route of a namespace is one that a change has replaced.</summary>
    public bool IsObsolete(NamespaceKey place, Route route) => _obsolete[place].Any(o => Is(o, route));

    /// <summary>The routes that a NIC lacks. Runs on a thread in its namespace.</summary>
    public IEnumerable<MissingRoute> FindMissing(RouteSocket inside, ContainerNic nic, Link link)
    {
        ObsoleteRoute[] obsolete = [.. _obsolete[nic.Record.NamespaceKey]];
        foreach (IGrouping<AddressFamily, RouteAdd> family in Of(nic, link).GroupBy(static r => r.Destination.Family))
        {
            IReadOnlyList<Route> actual = inside.GetRoutes(family.Key);
            // Unless it was connected with -DefaultRoute, another NIC can have the default route; that is no difference.
            bool isChosen = nic.Record.DefaultRoute == true;
            foreach (RouteAdd wanted in family)
            {
                bool isStrict = isChosen || !wanted.IsDefault;
                Route[] same = [.. actual.Where(a => IsSameKey(wanted, a))];
                if (same.Any(a => IsSame(wanted, a, isStrict || obsolete.Any(o => Is(o, a))))) continue;
                // One that leads elsewhere is of a program of the container, such as a VPN. A NIC that has to have the default route
                // from now on takes its place.
                Route? other = isChosen && wanted.IsDefault && obsolete.Length > 0 && !obsolete.Any(o => Is(o, wanted)) ? null
                    : same.FirstOrDefault(static a => a.LinkIndex != 0 && !LinkMark.IsOfNic(a.LinkIndex));
                yield return new(wanted with { Replaces = isStrict || same.Any(a => obsolete.Any(o => Is(o, a))) }, other);
            }
        }
    }

    /// <summary>
    /// The requests that remove routes from a namespace that a change has replaced, and that no NIC there has any longer. Runs on a
    /// thread in the namespace.
    /// </summary>
    public IEnumerable<RouteDelete> FindObsolete(RouteSocket inside, NamespaceKey place)
    {
        RouteAdd[] wanted = [.. _routes.TryGetValue(place, out Lazy<NamespaceRoutes>? routes) ? routes.Value.All : []];
        foreach (IGrouping<AddressFamily, ObsoleteRoute> family in _obsolete[place].Where(o => !wanted.Any(w => Is(o, w))).GroupBy(static o => o.Route.Destination.Family))
        {
            IReadOnlyList<Route> actual = inside.GetRoutes(family.Key);
            foreach (ObsoleteRoute obsolete in family.Where(o => actual.Any(a => Is(o, a))))
            {
                yield return new RouteDelete(
                    obsolete.LinkIndex == 0 ? null : new Link { Index = obsolete.LinkIndex, Name = inside.FindLink(obsolete.LinkIndex)?.Name ?? $"if{obsolete.LinkIndex}" },
                    obsolete.Route.Destination)
                {
                    Type = obsolete.Route.Type,
                    Gateway = HopOf(obsolete),
                    Metric = obsolete.Route.Metric,
                };
            }
        }
    }

    private static AddressValue? HopOf(ObsoleteRoute route) => route.Route.NextHop is null ? null : AddressValue.From(route.Route.NextHop);

    // A blackhole belongs to no link, even if the kernel names one.
    private static bool Is(ObsoleteRoute obsolete, Route actual) =>
        obsolete.Route.Destination == actual.Destination && (obsolete.Route.Metric ?? 0) == actual.Metric && obsolete.Route.Type == actual.Type
        && (obsolete.LinkIndex == 0 || (obsolete.LinkIndex == actual.LinkIndex && HopOf(obsolete) == actual.Gateway));

    private static bool Is(ObsoleteRoute obsolete, RouteAdd wanted) =>
        obsolete.Route.Destination == wanted.Destination && (obsolete.Route.Metric ?? 0) == wanted.KnownMetric && obsolete.Route.Type == wanted.Type
        && (obsolete.LinkIndex == 0 || (obsolete.LinkIndex == wanted.Link.Index && HopOf(obsolete) == wanted.Gateway));

    private static bool IsSame(RouteAdd wanted, Route actual, bool isStrict) => !isStrict
        || (wanted.Type == actual.Type && wanted.Gateway == actual.Gateway
            && (wanted.Type != NetworkRouteType.Unicast || wanted.Link.Index == actual.LinkIndex));

    // The kernel has one route of them, at least for IPv4.
    private static bool IsSameKey(RouteAdd wanted, Route actual) => wanted.Destination == actual.Destination && wanted.KnownMetric == actual.Metric;
}

/// <summary>A route that a NIC lacks.</summary>
/// <param name="Route">The route, as it is to be added.</param>
/// <param name="Other">The route of another program that is in its place; null if there is none.</param>
internal sealed record MissingRoute(RouteAdd Route, Route? Other);
