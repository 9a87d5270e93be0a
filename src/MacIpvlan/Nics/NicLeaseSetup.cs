using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Gives a NIC that is being made its lease, or an address of the fallback. Runs on a thread in the target namespace.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="request">The request.</param>
/// <param name="parent">The link that the NIC sits on.</param>
internal sealed class NicLeaseSetup(NetworkSession session, NicRequest request, Link parent)
{
    // An old lease goes on after two questions without an answer, which take twelve seconds or so.
    private static readonly TimeSpan s_rebootTime = TimeSpan.FromSeconds(15);
    private readonly NetworkRecord _network = request.Network.Record;

    /// <summary>Brings the link up, which is still marked as unfinished, and has its client obtain a lease.</summary>
    /// <param name="inside">A socket in the namespace.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="link">Its link.</param>
    /// <returns>The NIC with the lease, and the link with the MAC address and the MTU that it is to have.</returns>
    /// <exception cref="NetworkException">DhcpTimeout; or AddressesExhausted: the fallback has no address.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public (NicRecord Nic, Link Link) Lease(RouteSocket inside, NicRecord nic, Link link)
    {
        // Without a MAC address, that follows from the NIC's name. An ipvlan link has its parent's.
        PhysicalAddress chosen = _network.NicKind is MacvlanLink ? nic.MacAddress : link.MacAddress;
        nic = NicDhcp.Identify(nic with { InterfaceName = link.Name, MacAddress = chosen }, _network);
        inside.Execute(new LinkSet(link.Index, link.Name)
        {
            MacAddress = nic.MacAddress.Equals(link.MacAddress) ? null : nic.MacAddress,
            Up = true,
        });
        link = link with { MacAddress = nic.MacAddress };
        DhcpBinding? known = nic.Dhcp!.Binding;
        // The interface is made anew, and its lease goes on.
        if (known?.IsHeld(BootClock.Now) == true) return (nic, WithMtu(link, known));
        if (request.AsksLater) return (nic with { Leases = [.. nic.Leases.Where(static l => l.Source != LeaseSource.Dhcp)] }, link);
        NicDhcp.Trace(session, inside, link);
        try
        {
            DhcpBinding binding = Obtain(nic, link);
            return (nic.With(binding), WithMtu(link, binding));
        }
        catch (NetworkException e) when (e.Error == NetworkError.DhcpTimeout && _network.Dhcp!.Fallback is not null)
        {
            LeaseRecord fallback = nic.Leases.FirstOrDefault(static l => l.Source == LeaseSource.DhcpFallback) ?? TakeFallback(nic, link);
            session.Warn($"{e.Message} It takes {fallback.Address} from {_network.Dhcp.Fallback} instead.");
            NicRecord without = nic.With(null);
            return (without with { Leases = [fallback, .. without.Leases] }, link);
        }
    }

    private DhcpBinding Obtain(NicRecord nic, Link link)
    {
        DhcpBinding? known = nic.Dhcp!.Binding;
        DhcpClient client = NicDhcp.ClientOf(nic, _network, request.Probe is not null, held: null);
        DhcpExchange exchange = new(session, $"{request.Target.Name}/{link.Name}", link, client, request.Probe ?? new());
        TimeSpan timeout = known?.IsExpired(BootClock.Now) == false && _network.Dhcp!.Timeout < s_rebootTime ? s_rebootTime : _network.Dhcp!.Timeout;
        return exchange.Run(now => client.Start(now, known), timeout);
    }

    // As the server recommends, if nobody has chosen one.
    private Link WithMtu(Link link, DhcpBinding binding) =>
        request.Mtu is null && NicDhcp.Mtu(binding, _network, parent) is int mtu ? link with { Mtu = mtu } : link;

    // The lowest free address that no other station has.
    private LeaseRecord TakeFallback(NicRecord nic, Link link)
    {
        IReadOnlyList<ForeignAddress> foreign = [];
        while (true)
        {
            LeaseRecord fallback = AddressBooks.Of(session, _network).TakeFallback(nic, _network, new HostAddresses(session).All, foreign);
            if (request.Probe is not ProbeSettings settings) return fallback;
            using AddressProbe probe = new(link, [fallback.Address.Value]);
            IReadOnlyDictionary<AddressValue, PhysicalAddress> found = probe.Run(settings, session.Pause);
            if (found.Count == 0) return fallback;
            AddressConflictException conflict = AddressConflict.OnTheWire(found);
            session.Warn($"{conflict.Message} Trying the next free address.");
            foreign = conflict.Conflicts;
        }
    }
}
