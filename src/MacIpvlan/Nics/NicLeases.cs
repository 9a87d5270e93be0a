using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Puts what DHCP servers grant on existing NICs: addresses, routes and MTU.</summary>
public sealed class NicLeases(NetworkSession session)
{
    private readonly NicLinks _links = new(session);
    private readonly NicNeighbors _neighbors = new(session);
    private readonly HostRoutes _hostRoutes = new(session);

    /// <summary>Asks the server of a NIC's lease to renew it now, or any server for a lease if it has none.</summary>
    /// <param name="nic">The NIC, of a DHCP network.</param>
    /// <returns>The NIC with the lease.</returns>
    /// <exception cref="NetworkException">InvalidParameter, DhcpTimeout, NamespaceNotFound or InterfaceNotFound.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public ContainerNic Renew(ContainerNic nic)
    {
        (NicRecord now, NetworkRecord network) = (nic.Record, nic.NetworkRecord);
        if (!nic.UsesDhcp())
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                nic.NetworkRecord.Dhcp is null
                    ? $"{nic} has no DHCP lease: its addresses are those that it was given."
                    : $"{nic} has no DHCP lease: it was connected with -NoIPAddress.",
                "Specify a NIC of a network with -Dhcp, which was connected without -NoIPAddress.");
        }

        if (now.IsDisabled)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, $"The lease of {nic} can't be renewed: the NIC is disabled.", $"Enable it first: Enable-ContainerNic {nic.Network}.");
        }

        using NamespaceHandle target = _links.OpenNamespace(now) ?? throw new NetworkException(
            NetworkError.NamespaceNotFound, $"The namespace of {nic} no longer exists.", "Run Restore-ContainerNetwork once the container runs.");
        bool isLost = false;
        try
        {
            DhcpBinding binding = session.Namespaces.Run(target, Obtain);
            return new(Change(target, now, now.With(binding), network), network);
        }
        catch when (isLost)
        {
            // The NIC mustn't use an address that its server has refused (RFC 2131 3.2, step 3), even if there is no other yet.
            session.RollBack(() => Change(target, now, now.With(null), network));
            throw;
        }

        DhcpBinding Obtain()
        {
            using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
            Link link = _links.Find(inside, now, network) ?? throw new NetworkException(
                NetworkError.InterfaceNotFound, $"The interface of {nic} isn't in its namespace.", $"Repair it: Repair-ContainerNetwork {nic.Network}.");
            NicDhcp.Trace(session, inside, link);
            return Exchange(nic, link, () => isLost = true);
        }
    }

    /// <summary>Records another lease of a NIC, or none, and puts it on the NIC's link.</summary>
    /// <param name="target">The NIC's namespace.</param>
    /// <param name="before">The NIC with the lease that it had.</param>
    /// <param name="after">The NIC with the lease that it has now.</param>
    /// <param name="network">Its network.</param>
    /// <returns>The NIC as it is now.</returns>
    /// <exception cref="NetworkException">NicNotFound: it was disconnected meanwhile.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    internal NicRecord Change(NamespaceHandle target, NicRecord before, NicRecord after, NetworkRecord network)
    {
        // Until the link has the lease, the address of a fallback isn't given to others.
        if (!session.State.SetLease(after.Id, after.Dhcp!, keepsFallback: true))
        {
            throw new NetworkException(
                NetworkError.NicNotFound, $"{new ContainerNic(before, network)} was disconnected meanwhile.", "List the NICs with Get-ContainerNic.");
        }

        bool hasMoved = !before.Leases.SequenceEqual(after.Leases);
        if (hasMoved) _hostRoutes.Remove(before);
        int mtu = session.Namespaces.Run(target, () => Put(target, before, after, network));
        FreeFallback(before, after);
        if (mtu != after.Mtu)
        {
            after = after with { Mtu = mtu };
            session.State.UpdateNic(after, from: NicRecordState.Attached);
        }

        if (hasMoved) _hostRoutes.Add([after]);
        return after;
    }

    /// <summary>Puts the recorded lease of a NIC on its link, with the time that is left.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal void Refresh(NamespaceHandle target, NicRecord nic, NetworkRecord network)
    {
        NicRecord held = nic.Dhcp?.Binding is DhcpBinding binding ? nic.With(binding) : nic;
        session.Namespaces.Run(target, () => Put(target, nic, held, network));
        FreeFallback(nic, held);
    }

    private void FreeFallback(NicRecord before, NicRecord after)
    {
        if (before.Leases.Except(after.Leases).Any(static l => l.Source == LeaseSource.DhcpFallback)) session.State.SetLease(after.Id, after.Dhcp!);
    }

    private DhcpBinding Exchange(ContainerNic nic, Link link, Action lost)
    {
        DhcpBinding? known = nic.Record.Dhcp!.Binding;
        bool isHeld = known?.IsHeld(BootClock.Now) == true;
        DhcpClient client = NicDhcp.ClientOf(nic.Record, nic.NetworkRecord, nic.NetworkRecord.Probe is not null, isHeld ? known : null);
        DhcpExchange exchange = new(session, nic.ToString(), link, client, nic.NetworkRecord.Probe ?? new()) { Lost = lost };
        return exchange.Run(now => isHeld ? client.Renew(now) : client.Start(now, known), nic.NetworkRecord.Dhcp!.Timeout);
    }

    // Runs on a thread in the namespace. One datagram has all of it, so that no packet finds it half done.
    private int Put(NamespaceHandle target, NicRecord before, NicRecord after, NetworkRecord network)
    {
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        if (_links.Find(inside, after, network) is not Link link) return after.Mtu;
        InterfaceAddress[] gone = [.. before.Leases.Except(after.Leases).Select(static l => l.Address)];
        NicRecord held = before.OnLink();
        InterfaceAddress[] gained = [.. after.Leases.Except(held.Leases).Select(static l => l.Address)];
        List<RouteRequest> requests = [.. gone.Select(a => new AddressDelete(link, a))];
        int? mtu = MtuOf(before, after, network);
        if (mtu is not null && mtu != link.Mtu) requests.AddRange([new LinkSet(link.Index, link.Name) { Mtu = mtu }, .. new NicBandwidth(network, after).ChangeMtu(inside, link, mtu.Value)]);
        requests.AddRange(after.Leases.Where(static l => l.Source == LeaseSource.Dhcp).Select(l => NicDhcp.Add(link, after, l.Address)));
        requests.AddRange(after.Leases.Where(l => l.Source != LeaseSource.Dhcp && gained.Contains(l.Address)).Select(l => new AddressAdd(link, l.Address)));
        bool isSame = gone.Length == 0 && gained.Length == 0
            && held.Dhcp!.Binding is DhcpBinding old && after.Dhcp!.Binding?.Lease.IsSameConfiguration(old.Lease) == true;
        if (!isSame) requests.AddRange(Routes(inside, link, held, after, network));
        inside.Execute([.. requests]);
        NicIPv6.FollowMtu(session, inside, network, after, link, mtu ?? link.Mtu);
        if (gained.Length > 0 && PacketSocket.TryOpen() is PacketSocket announcing)
        {
            Announcer.Start(announcing, link.Index, link.MacAddress, [.. gained.Select(static a => a.Value)], 1);
        }

        return mtu ?? link.Mtu;
    }

    private IEnumerable<RouteRequest> Routes(RouteSocket inside, Link link, NicRecord before, NicRecord after, NetworkRecord network)
    {
        RoutedNic[] others = [.. NicNeighbors.In(_neighbors.Find(after), inside.NamespaceCookie)];
        NicRecord? host = _neighbors.FindHost(network.Id);
        NamespaceRoutes was = new(NicNeighbors.InOrder([.. others, new(before, network, host)]));
        NamespaceRoutes now = new(NicNeighbors.InOrder([.. others, new(after, network, host)]));
        // With an address, the kernel takes away routes that nobody changes.
        return now.ChangesFrom(was).Concat(now.Of(after).Select(r => r with { Link = link, KeepExisting = true }));
    }

    // Null if the leases don't change it.
    private int? MtuOf(NicRecord before, NicRecord after, NetworkRecord network)
    {
        if (after.Dhcp!.Binding is not DhcpBinding binding || before.Dhcp!.Binding?.Lease.Mtu == binding.Lease.Mtu) return null;
        return session.Host.FindLink(after.ParentIndex) is Link parent ? NicDhcp.Mtu(binding, network, parent) : null;
    }
}
