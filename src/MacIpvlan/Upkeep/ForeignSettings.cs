using System.Net.Sockets;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// The addresses and routes that others added to a NIC, such as those of a DHCP client. They go with the NIC's link when a
/// repair replaces it, so the new link gets them again.
/// </summary>
/// <param name="Addresses">The addresses.</param>
/// <param name="Routes">The routes through the link.</param>
internal sealed record ForeignSettings(IReadOnlyList<LinkAddress> Addresses, IReadOnlyList<Route> Routes)
{
    // A container can have any number of them.
    private const int Most = 1000;

    /// <summary>Nothing.</summary>
    public static readonly ForeignSettings None = new([], []);

    /// <summary>Reads what others added to the link of a NIC.</summary>
    /// <param name="inside">A socket in its namespace.</param>
    /// <param name="link">The link.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="routes">The routes that it has.</param>
    public static ForeignSettings Read(RouteSocket inside, Link link, ContainerNic nic, IEnumerable<RouteAdd> routes)
    {
        // Another NIC of the namespace may have some of those that it wants.
        RouteAdd[] own = [.. NicRoutes.Of(nic.NetworkRecord, nic.Record, link), .. routes];
        return new(
            // The new link makes those from router advertisements itself, and asks for those of leases.
            [.. inside.GetAddresses(link).Where(a => a is { IsGlobal: true, IsFromRouter: false } && !IsLeased(a, nic) && !nic.Addresses.Contains(a.Address)).Take(Most)],
            [.. ((AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]).SelectMany(inside.GetRoutes)
                // The kernel adds the routes to the subnets of addresses itself.
                .Where(r => r.LinkIndex == link.Index && r is { Type: NetworkRouteType.Unicast, IsOfKernel: false })
                .Where(r => !own.Any(o => o.Destination == r.Destination && o.KnownMetric == r.Metric)).Take(Most)]);
    }

    private static bool IsLeased(LinkAddress address, ContainerNic nic) =>
        nic.UsesDhcp() && address.Lifetime is not null && address.Address.Value.Family == AddressFamily.InterNetwork;

    /// <summary>Adds everything to another link.</summary>
    /// <exception cref="NetlinkException">The kernel refused something; the rest has been added.</exception>
    public void Write(RouteSocket inside, Link link) => inside.Execute(
    [
        .. Addresses.Select(a => new AddressAdd(link, a.Address) { Lifetime = a.Lifetime }),
        // A route through a gateway can need one to the gateway.
        .. Routes.OrderBy(static r => r.Gateway is not null).Select(r => new RouteAdd(link, r.Destination)
        {
            Gateway = r.Gateway, GatewayIsOnLink = r.GatewayIsOnLink, Metric = r.Metric, KeepExisting = true,
        }),
    ]);

    /// <summary>Adds everything to the new link of a NIC. What the kernel refuses is a warning.</summary>
    public void GiveBack(NetworkSession session, NamespaceHandle target, ContainerNic nic)
    {
        try
        {
            session.Namespaces.Run(target, () =>
            {
                using RouteSocket inside = RouteSocket.Open(target, session.Trace);
                Write(inside, new Link { Index = nic.InterfaceIndex, Name = nic.InterfaceName });
                return 0;
            });
        }
        catch (NetlinkException e)
        {
            session.Warn($"{nic} lacks addresses or routes that others had added: {e.Message}");
        }
    }
}
