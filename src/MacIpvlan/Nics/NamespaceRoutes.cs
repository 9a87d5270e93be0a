using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The routes that the NICs of one namespace have. The kernel has a route to a destination only once per metric, so if
/// several NICs want it, the first one has it. The default route belongs to the last NIC that was connected with
/// -DefaultRoute; others have one only with a higher metric.
/// </summary>
internal sealed class NamespaceRoutes
{
    private readonly List<Claim> _claims = [];
    private readonly Dictionary<RouteKey, Claim> _owned = [];
    private readonly Dictionary<IPPrefix, Claim> _chosen = [];

    /// <summary>Decides which NIC has which route.</summary>
    /// <param name="nics">The namespace's NICs, in the order of creation.</param>
    public NamespaceRoutes(IReadOnlyCollection<RoutedNic> nics)
    {
        HashSet<AddressValue> own = [.. nics.SelectMany(static n => n.Nic.Leases).Select(static l => l.Address.Value)];
        foreach (RoutedNic nic in nics)
        {
            // A router in the namespace itself is behind none of its links.
            _claims.AddRange(nic.Routes.Where(r => r.Gateway is not AddressValue hop || !own.Contains(hop)).Select(r => new Claim(nic, r)));
        }

        foreach (Claim claim in _claims.Where(static c => c.Route.IsDefault && c.Nic.Nic.DefaultRoute == true))
        {
            bool isSameNic = _chosen.TryGetValue(claim.Route.Destination, out Claim? earlier) && earlier.Nic.Nic.Id == claim.Nic.Nic.Id;
            if (!isSameNic || claim.Route.KnownMetric < earlier!.Route.KnownMetric) _chosen[claim.Route.Destination] = claim;
        }

        foreach (Claim claim in _claims.Where(c => ChosenOver(c) is null)) _owned.TryAdd(claim.Key, claim);
    }

    /// <summary>The routes of each namespace, decided when they are asked for.</summary>
    /// <param name="all">All NICs; those of the host are left out.</param>
    /// <param name="hostOf">The host's access to the network with an id; null if there is none, or to ignore it.</param>
    public static Dictionary<NamespaceKey, Lazy<NamespaceRoutes>> OfEach(
        IEnumerable<ContainerNic> all, Func<string, NicRecord?> hostOf) => all
        .Where(static n => !n.Record.IsHost).GroupBy(static n => n.Record.NamespaceKey).ToDictionary(
            static g => g.Key,
            g => new Lazy<NamespaceRoutes>(() => new(NicNeighbors.InOrder(
                g.Select(n => new RoutedNic(n.Record, n.NetworkRecord, hostOf(n.NetworkRecord.Id)))))));

    /// <summary>The routes that the NICs have.</summary>
    public IEnumerable<RouteAdd> All => _owned.Values.Select(static c => c.Route);

    /// <summary>The routes that a NIC has.</summary>
    public IEnumerable<RouteAdd> Of(NicRecord nic) => _claims.Where(c => c.Nic.Nic.Id == nic.Id && _owned.GetValueOrDefault(c.Key) == c)
        .Select(static c => c.Route);

    /// <summary>
    /// The requests that give a new NIC its routes. It also asks for routes that others have on record, because the kernel
    /// may not have them, but not for a default route that would be used instead of a chosen one.
    /// </summary>
    /// <param name="nic">The NIC, one of these.</param>
    /// <param name="before">The routes of the namespace without it.</param>
    public IEnumerable<RouteRequest> For(NicRecord nic, NamespaceRoutes before) => ChangesFrom(before).Concat(_claims
        .Where(c => c.Nic.Nic.Id == nic.Id && _owned.GetValueOrDefault(c.Key) != c && ChosenOver(c) is null).Select(static c => c.Route));

    /// <summary>The default routes that a NIC wants and another NIC has, with that NIC.</summary>
    public IEnumerable<(RouteAdd Route, RoutedNic Holder)> LostDefaults(NicRecord nic) => _claims
        .Where(c => c.Nic.Nic.Id == nic.Id && c.Route.IsDefault)
        .Select(c => (c.Route, ChosenOver(c) ?? _owned[c.Key])).Where(l => l.Item2.Nic.Nic.Id != nic.Id)
        .Select(static l => (l.Route, l.Item2.Nic));

    /// <summary>What changes in the namespace since it had other routes.</summary>
    /// <param name="before">The earlier routes.</param>
    /// <param name="gone">A NIC that has gone with the routes on its link; null if there is none.</param>
    public IEnumerable<RouteRequest> ChangesFrom(NamespaceRoutes before, NicRecord? gone = null)
    {
        Claim[] left = [.. before._owned.Values.Where(c => c.Nic.Nic.Id != gone?.Id || c.Route.Type != NetworkRouteType.Unicast)];
        HashSet<RouteKey> keys = [.. left.Select(static c => c.Key)];
        foreach (Claim claim in left)
        {
            if (_owned.TryGetValue(claim.Key, out Claim? now) && now.Route.Type == claim.Route.Type) continue;
            bool hasLink = claim.Route.Type == NetworkRouteType.Unicast;
            yield return new RouteDelete(hasLink ? claim.Route.Link : null, claim.Route.Destination)
            {
                Type = claim.Route.Type,
                Gateway = claim.Route.Gateway,
                Metric = hasLink && claim.Route.KnownMetric > 0 ? claim.Route.KnownMetric : claim.Route.Metric,
            };
            keys.Remove(claim.Key);
        }

        foreach (Claim claim in _claims.Where(c => _owned.GetValueOrDefault(c.Key) == c))
        {
            bool isKnown = keys.Contains(claim.Key);
            if (isKnown && before._owned[claim.Key].IsSame(claim)) continue;
            // Something else in the namespace may have the default route, and loses it to a NIC that has to have it.
            bool replaces = isKnown || _chosen.GetValueOrDefault(claim.Route.Destination) == claim;
            yield return claim.Route with { Replaces = replaces, KeepExisting = !replaces };
        }
    }

    // The NIC that has to have the default route; a route with a higher metric is no obstacle to that.
    private Claim? ChosenOver(Claim claim) => claim.Route.IsDefault && _chosen.GetValueOrDefault(claim.Route.Destination) is Claim chosen
        && chosen.Nic.Nic.Id != claim.Nic.Nic.Id && claim.Route.KnownMetric <= chosen.Route.KnownMetric ? chosen : null;

    private sealed record Claim(RoutedNic Nic, RouteAdd Route)
    {
        public RouteKey Key { get; } = new(Route.Destination, Route.KnownMetric);

        // A blackhole belongs to no link.
        public bool IsSame(Claim other) => Route.Type == other.Route.Type && (Route.Type != NetworkRouteType.Unicast
            || (Nic.Nic.Id == other.Nic.Nic.Id && Route.Gateway == other.Route.Gateway));
    }
}

/// <summary>A NIC with what its routes depend on.</summary>
/// <param name="Nic">The NIC.</param>
/// <param name="Network">Its network.</param>
/// <param name="Host">The host's access to the network; null if there is none.</param>
internal sealed record RoutedNic(NicRecord Nic, NetworkRecord Network, NicRecord? Host)
{
    /// <summary>
    /// The routes that it wants: none while it's disabled. Its index follows from its number, so it's known before the link is made.
    /// </summary>
    public IEnumerable<RouteAdd> Routes => Nic.IsDisabled ? [] :
        NicRoutes.Of(Network, Nic, new Link { Index = LinkMark.Index(Nic), Name = Nic.InterfaceName }, Host);
}
