using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Gives a new NIC its routes beside those of the other NICs of its namespace, and says what it doesn't get. Runs on a
/// thread in the namespace.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="request">The request.</param>
/// <param name="nic">The NIC, with the name of its link.</param>
/// <param name="others">The other NICs of a namespace with the target's identity.</param>
internal sealed class NicRouteSetup(NetworkSession session, NicRequest request, NicRecord nic, IReadOnlyList<RoutedNic> others)
{
    private readonly NetworkRecord _network = request.Network.Record;

    /// <summary>Executes the requests that set up the NIC's link, and those for its routes.</summary>
    /// <exception cref="NetlinkException">The kernel refused one.</exception>
    public void Execute(RouteSocket inside, IReadOnlyList<RouteRequest> requests)
    {
        RoutedNic[] neighbors = [.. NicNeighbors.In(others, inside.NamespaceCookie)];
        NamespaceRoutes routes = new(NicNeighbors.InOrder([.. neighbors, new(nic, _network, null)]));
        List<RouteRequest> kept = [];
        inside.Execute(kept, [.. requests, .. routes.For(nic, new NamespaceRoutes(neighbors))]);
        // A NIC that is restored has said so before.
        if (nic.State != NicRecordState.Reserved || (neighbors.Length == 0 && kept.Count == 0)) return;
        WarnOfSubnets(neighbors);
        // A chosen default route isn't asked for at all.
        (RouteAdd Route, string Holder)[] lost =
        [
            .. routes.LostDefaults(nic).Where(l => kept.Contains(l.Route) || l.Holder.Nic.DefaultRoute == true)
                .Select(static l => (l.Route, NameOf(l.Holder))),
            .. kept.OfType<RouteAdd>().Where(k => k.IsDefault && !routes.LostDefaults(nic).Any(l => l.Route == k))
                .Select(k => (k, FindHolder(inside, k))),
        ];
        foreach (IGrouping<string, (RouteAdd Route, string Holder)> holder in lost.Where(static l => l.Holder.Length > 0).GroupBy(static l => l.Holder))
        {
            string families = string.Join(" and ", holder.Select(static l => l.Route.Destination.Family == AddressFamily.InterNetwork ? "IPv4" : "IPv6").Distinct());
            (string give, string omit) = request.LabelPrefix is string label
                ? ($"start its container with the label {label}default-route=true", $"{label}default-route=false")
                : ("connect it with -DefaultRoute", "-DefaultRoute:$false");
            session.Warn($"{Name} doesn't get the {families} default route, because {holder.Key} has it. To give it to {Name}, {give}, or give its "
                + $"network a lower -RouteMetric; to do without, use {omit}.");
        }
    }

    private string Name => $"{request.Target.Name}/{nic.InterfaceName}";

    private static string NameOf(RoutedNic other) => new ContainerNic(other.Nic, other.Network).ToString();

    // Something else has it, such as the container's own runtime; empty if it's this NIC's own after all.
    private string FindHolder(RouteSocket inside, RouteAdd wanted)
    {
        try
        {
            Route? actual = inside.GetRoutes(wanted.Destination.Family)
                .FirstOrDefault(r => r.Destination == wanted.Destination && r.Metric == wanted.KnownMetric);
            if (actual?.LinkIndex == wanted.Link.Index) return "";
            if (actual is not null && inside.FindLink(actual.LinkIndex) is Link link) return $"{request.Target.Name}/{link.Name}";
        }
        catch (NetlinkException)
        {
            // The container keeps changing its routes.
        }

        return $"another interface of {request.Target.Name}";
    }

    private void WarnOfSubnets(IEnumerable<RoutedNic> neighbors)
    {
        foreach (IPPrefix subnet in nic.Leases.Select(static l => l.Address.Subnet))
        {
            string[] others = [.. neighbors.Where(n => n.Nic.Leases.Any(l => l.Address.Subnet.Overlaps(subnet))).Select(NameOf)];
            if (others.Length == 0) continue;
            session.Warn($"{Name} is in the same subnet as {Phrase.NameSome(others)}: {subnet}. The container sends there through one of them "
                + "only, so answers can leave by another NIC than the requests came in by.");
            return;
        }
    }
}
