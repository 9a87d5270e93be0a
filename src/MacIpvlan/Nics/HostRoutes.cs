using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The host's routes to the NICs of a network that it has access to, one for each address. A route to the whole subnet
/// would also divert traffic that the host sends into the subnet another way. There are none to addresses that DHCP servers
/// assign: a server on the wire could choose any address, and divert what the host sends there.
/// </summary>
internal sealed class HostRoutes(NetworkSession session)
{
    /// <summary>The routes through the link of the host's access to NICs of its network.</summary>
    public static IEnumerable<RouteAdd> Of(Link link, IEnumerable<NicRecord> nics) => nics.Where(static n => !n.IsHost)
        .SelectMany(DestinationsOf).Select(d => new RouteAdd(link, d) { KeepExisting = true });

    /// <summary>Adds the routes to all NICs of a network, for a new access.</summary>
    /// <param name="link">The access.</param>
    /// <param name="networkId">Its network.</param>
    /// <param name="known">The ids of NICs that already have their routes; the ids of the others are added.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void AddAll(Link link, string networkId, HashSet<string> known)
    {
        IEnumerable<NicRecord> nics = session.State.GetNics(networkId).Where(n => known.Add(n.Id));
        session.Host.Execute([.. Of(link, nics)]);
    }

    /// <summary>Adds the routes to new NICs if the host has access to their networks.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Add(IEnumerable<NicRecord> nics)
    {
        foreach (IGrouping<string, NicRecord> network in nics.Where(static n => !n.IsHost).GroupBy(static n => n.NetworkId))
        {
            if (FindLink(network.Key) is not Link link) continue;
            try
            {
                session.Host.Execute([.. Of(link, network)]);
            }
            catch (NetlinkException e) when (e.Errno == Errno.ENODEV)
            {
                // The access was removed, or hasn't been restored yet; restoring it adds all routes.
            }
        }
    }

    /// <summary>Removes the routes to a NIC.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Remove(NicRecord nic)
    {
        if (!nic.IsHost && FindLink(nic.NetworkId) is Link link) session.Host.Execute([.. DestinationsOf(nic).Select(d => new RouteDelete(link, d))]);
    }

    // Read each time: another command may have enabled the access meanwhile. That command then looks for NICs itself.
    private Link? FindLink(string networkId) =>
        session.State.GetHostNic(networkId) is NicRecord { InterfaceIndex: > 0 } host
        ? new Link { Index = host.InterfaceIndex, Name = host.InterfaceName }
        : null;

    private static IEnumerable<IPPrefix> DestinationsOf(NicRecord nic) =>
        nic.Leases.Where(static l => l.Source != LeaseSource.Dhcp).Select(static l => IPPrefix.Containing(l.Address.Value, l.Address.Value.Bits));
}
