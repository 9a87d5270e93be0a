using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The routes that a NIC gets.</summary>
internal static class NicRoutes
{
    /// <summary>Whether NICs of the network have no link layer (the l3 modes), so no ARP and no gateway.</summary>
    public static bool IsRouted(NetworkRecord network) => network.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 };

    /// <summary>The routes of a NIC on its link, for the addresses of its leases.</summary>
    public static IEnumerable<RouteAdd> Of(NetworkRecord network, NicRecord nic, Link link)
    {
        foreach (IGrouping<AddressFamily, LeaseRecord> family in nic.Leases.GroupBy(static l => l.Address.Value.Family))
        {
            if (network.Internal || network.NoDefaultRoute)
            {
                // Without a default route, a NIC in an l3 mode needs a route to each other subnet of the network.
                foreach (IPPrefix sibling in IsRouted(network) ? SiblingSubnets(network, family) : []) yield return new(link, sibling);
            }
            else if (DefaultRoute(network, link, family) is RouteAdd route)
            {
                yield return route;
            }

            foreach (NetworkRoute route in network.Routes.Where(r => r.Destination.Family == family.Key))
            {
                yield return new RouteAdd(link, route.Destination)
                {
                    Gateway = route.NextHop is null ? null : AddressValue.From(route.NextHop),
                    GatewayIsOnLink = route.NextHop is not null && IsOutside(network, AddressValue.From(route.NextHop), family),
                    Metric = route.Metric,
                    Type = route.Type,
                    // Another NIC of the namespace may have the same route.
                    KeepExisting = true,
                };
            }
        }
    }

    /// <summary>What changes in a namespace after a NIC has gone with the routes on its link.</summary>
    /// <param name="network">The NIC's network.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="others">The namespace's other NICs with their networks, in the order of creation.</param>
    /// <returns>
    /// A NIC that wanted the same route, such as the default route, now gets it. A route without a link, such as a
    /// blackhole, goes with the last NIC that wanted it.
    /// </returns>
    public static IEnumerable<RouteRequest> After(
        NetworkRecord network, NicRecord nic, IReadOnlyList<(NicRecord Nic, NetworkRecord Network)> others)
    {
        RouteAdd[] wanted = [.. others.SelectMany(static o => Of(o.Network, o.Nic, LinkOf(o.Nic)))];
        foreach (RouteAdd route in Of(network, nic, LinkOf(nic)))
        {
            RouteAdd? next = wanted.FirstOrDefault(w => w.Destination == route.Destination && w.KnownMetric == route.KnownMetric);
            if (route.Type != NetworkRouteType.Unicast && next?.Type != route.Type)
            {
                yield return new RouteDelete(null, route.Destination) { Type = route.Type, Metric = route.Metric };
            }

            if (next is not null) yield return next with { KeepExisting = true };
        }
    }

    private static Link LinkOf(NicRecord nic) => new() { Index = nic.InterfaceIndex, Name = nic.InterfaceName };

    private static RouteAdd? DefaultRoute(NetworkRecord network, Link link, IGrouping<AddressFamily, LeaseRecord> family)
    {
        AddressValue? gateway = IsRouted(network) ? null : family.Select(l => GatewayOf(network, l)).FirstOrDefault(static g => g is not null);
        if (!IsRouted(network) && gateway is null) return null;
        return new RouteAdd(link, IPPrefix.Containing(new(family.Key, 0), 0))
        {
            Gateway = gateway,
            GatewayIsOnLink = gateway is not null && IsOutside(network, gateway.Value, family),
            Metric = network.RouteMetric,
            // A namespace with two NICs keeps the default route of the first one.
            KeepExisting = true,
        };
    }

    // The kernel accepts a next hop outside the link's subnets only with the onlink flag.
    private static bool IsOutside(NetworkRecord network, AddressValue hop, IEnumerable<LeaseRecord> leases) =>
        network.OnLinkGateway && !leases.Any(l => l.Address.Subnet.Contains(hop));

    private static IEnumerable<IPPrefix> SiblingSubnets(
        NetworkRecord network, IGrouping<AddressFamily, LeaseRecord> leases) => network.Subnets
        .Select(static s => s.Prefix)
        .Where(p => p.Family == leases.Key && leases.All(l => l.Address.Subnet != p));

    private static AddressValue? GatewayOf(NetworkRecord network, LeaseRecord lease) =>
        network.Subnets.First(s => s.Prefix.Contains(lease.Address.Value)).Gateway;
}
