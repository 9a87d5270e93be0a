using System.Net;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The routes that a NIC wants. Of NICs in one namespace, <see cref="NamespaceRoutes"/> says which one has a route.</summary>
internal static class NicRoutes
{
    /// <summary>Whether NICs of the network have no link layer (the l3 modes), so no ARP and no gateway.</summary>
    public static bool IsRouted(NetworkRecord network) => network.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 };

    /// <summary>The routes of a NIC on its link, for the addresses of its leases.</summary>
    /// <param name="network">Its network.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="link">Its link.</param>
    /// <param name="host">The host's access to the network; null if there is none, or to ignore it.</param>
    public static IEnumerable<RouteAdd> Of(NetworkRecord network, NicRecord nic, Link link, NicRecord? host = null)
    {
        foreach (AddressFamily family in AddressValue.Families)
        {
            LeaseRecord[] leases = [.. nic.Leases.Where(l => l.Address.Value.Family == family)];
            if (leases.Length == 0) continue;
            AddressValue? way = host?.Leases.Select(static l => l.Address.Value).FirstOrDefault(a => a.Family == family);
            // Another NIC of the namespace may want the same route, and the first one keeps it.
            foreach (RouteAdd route in Wanted(network, nic, link, family, leases)) yield return Resolve(route) with { KeepExisting = true };
            if (way is null) continue;
            foreach (AddressValue address in host!.HostAddresses.Where(a => a.Family == family))
            {
                yield return Through(new(link, IPPrefix.Containing(address, address.Bits)) { KeepExisting = true }, way);
            }

            // The host doesn't answer on the parent itself, but through its access.
            RouteAdd Resolve(RouteAdd route) => route.Gateway is not AddressValue hop ? route
                : way is not null && host!.HostAddresses.Contains(hop) ? Through(route, way)
                : network.OnLinkGateway || hop is { IsLinkLocal: true, Family: AddressFamily.InterNetwork } ? Through(route, hop)
                : route;

            // The kernel accepts a next hop outside the link's subnets only with the onlink flag.
            RouteAdd Through(RouteAdd route, AddressValue hop) => IsRouted(network) ? route : route with
            {
                Gateway = hop,
                GatewayIsOnLink = !leases.Any(l => l.Address.Subnet.Contains(hop)),
            };
        }
    }

    /// <summary>The families of a network in which a NIC can have a default route.</summary>
    public static IEnumerable<AddressFamily> DefaultRouteFamilies(NetworkRecord network) => network.Internal ? [] :
    [
        .. network.Subnets.Where(s => s.Gateway is not null || IsRouted(network)).Select(static s => s.Prefix.Family)
            .Concat(network.Routes.Where(static r => r.Destination.PrefixLength == 0).Select(static r => r.Destination.Family))
            // The server may name a router.
            .Concat(network.Dhcp is null ? [] : [AddressFamily.InterNetwork]).Distinct(),
    ];

    private static IEnumerable<RouteAdd> Wanted(NetworkRecord network, NicRecord nic, Link link, AddressFamily family, LeaseRecord[] leases)
    {
        NetworkRoute[] own = [.. network.Routes.Where(r => r.Destination.Family == family
            && (nic.DefaultRoute != false || r.Destination.PrefixLength > 0) && !IsOwn(r.NextHop is null ? null : AddressValue.From(r.NextHop)))];
        // A NIC that has to have the default route gets it even on a network without, unless the network has one in its routes.
        bool hasDefault = !network.Internal && (nic.DefaultRoute ?? !network.NoDefaultRoute)
            && !(network.NoDefaultRoute && own.Any(static r => r.Destination.PrefixLength == 0));
        if (hasDefault)
        {
            AddressValue? gateway = leases.Select(l => GatewayOf(network, l)).FirstOrDefault(g => g is not null && !IsOwn(g));
            if (IsRouted(network) || gateway is not null)
            {
                yield return new(link, IPPrefix.Containing(AddressValue.Unspecified(family), 0))
                {
                    Gateway = IsRouted(network) ? null : gateway,
                    Metric = network.RouteMetric,
                };
            }
        }
        else if (IsRouted(network))
        {
            // Without a default route, a NIC in an l3 mode needs a route to each other subnet of the network.
            foreach (IPPrefix sibling in SiblingSubnets(network, family, leases)) yield return new(link, sibling);
        }

        // What the network says itself is preferred to what a server says.
        IEnumerable<NetworkRoute> leased = family != AddressFamily.InterNetwork || nic.Dhcp?.Binding is not DhcpBinding binding ? []
            : binding.Lease.Routes.Where(r => (hasDefault || r.Destination.PrefixLength > 0) && !own.Any(o => o.Destination == r.Destination));
        foreach (NetworkRoute route in leased)
        {
            yield return Over(route) with
            {
                Metric = route.Destination.PrefixLength == 0 ? network.RouteMetric : route.Metric,
                // The route to a next hop outside the subnet can be that of another NIC.
                GatewayIsOnLink = route.NextHop is IPAddress hop && !leases.Any(l => l.Address.Subnet.Contains(hop)),
            };
        }

        foreach (NetworkRoute route in own) yield return Over(route);

        RouteAdd Over(NetworkRoute route) => new(link, route.Destination)
        {
            Gateway = route.NextHop is null ? null : AddressValue.From(route.NextHop),
            Metric = route.Metric,
            Type = route.Type,
        };

        // A NIC can be the router of its network itself.
        bool IsOwn(AddressValue? hop) => nic.Leases.Any(l => l.Address.Value == hop);
    }

    private static IEnumerable<IPPrefix> SiblingSubnets(NetworkRecord network, AddressFamily family, LeaseRecord[] leases) =>
        network.Subnets.Select(static s => s.Prefix).Where(p => p.Family == family && leases.All(l => l.Address.Subnet != p));

    private static AddressValue? GatewayOf(NetworkRecord network, LeaseRecord lease) =>
        network.Subnets.FirstOrDefault(s => s.Prefix.Contains(lease.Address.Value))?.Gateway;
}
