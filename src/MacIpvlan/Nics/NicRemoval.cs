using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Deletes the links of NICs, wherever their containers have moved them, and frees their addresses.
/// </summary>
internal sealed class NicRemoval(NetworkSession session)
{
    private readonly NicLinks _links = new(session);
    private readonly SiblingLinks _siblings = new(session);
    private readonly HostRoutes _hostRoutes = new(session);

    /// <summary>Deletes the link of a NIC that keeps its addresses, finished or not.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Delete(NamespaceHandle target, NicRecord nic, NetworkRecord network)
    {
        if (!session.Namespaces.Await(Start(target, nic, network))) DeleteMoved(nic, network);
    }

    /// <summary>Starts to delete the link of a NIC, finished or not, in its namespace.</summary>
    /// <returns>False if the link isn't there.</returns>
    public Task<bool> Start(NamespaceHandle target, NicRecord nic, NetworkRecord network) => session.Namespaces.Start(target, () =>
    {
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        if (_links.Find(inside, nic, network) is not Link link) return false;
        inside.Execute(new LinkDelete(link.Index, link.Name));
        return true;
    });

    /// <summary>
    /// Gives the routes that a NIC shared with other NICs of its namespace to the next one. NICs that are being
    /// disconnected don't count, so call it after all of them have been started.
    /// </summary>
    public void PassRoutesOn(NamespaceHandle target, NicRecord nic, NetworkRecord network)
    {
        RouteRequest[] routes = nic.IsHost ? [] : [.. NicRoutes.After(network, nic, FindOthers(nic))];
        if (routes.Length == 0) return;
        session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open(target, session.Trace);
            foreach (RouteRequest route in routes) TryExecute(inside, route);
            return 0;
        });
    }

    /// <summary>
    /// Deletes the link of a NIC that isn't in its namespace. A container can move a link into a namespace of its own
    /// and change its name, alias, MAC address and index there, but not its kind and parent.
    /// </summary>
    /// <returns>
    /// If no link can be recognized as the NIC's: the links on its parent that belong to no NIC, of which any may be
    /// the one.
    /// </returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<SiblingLink> DeleteMoved(NicRecord nic, NetworkRecord network)
    {
        // Links end with their parent.
        if (nic.ParentIndex == 0 || session.Host.FindLink(nic.ParentIndex) is not Link parent) return [];
        SiblingLink[] unknown = [.. _siblings.FindUnrecorded(parent).Where(s =>
            s.Link.KindName == network.NicKind.Name && s.Namespace != NamespaceHandle.OwnIdentity)];
        bool isFound = false;
        foreach (SiblingLink link in unknown)
        {
            if (!TryDelete(link, nic, network)) continue;
            session.Warn($"The NIC {new ContainerNic(nic, network)} was moved to {link}. It's deleted there.");
            isFound = true;
        }

        if (!isFound) return unknown;
        _siblings.Forget();
        return [];
    }

    /// <summary>
    /// Frees the addresses of a NIC whose namespace no longer exists, and deletes its link if it was moved before.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void ReleaseDead(NicRecord nic, NetworkRecord network)
    {
        DeleteMoved(nic, network);
        Release(nic);
    }

    /// <summary>Frees the addresses of a NIC whose link no longer exists.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="foreign">Its addresses that others were found to have.</param>
    public void Release(NicRecord nic, IReadOnlyList<ForeignAddress>? foreign = null)
    {
        _hostRoutes.Remove(nic);
        session.State.ReleaseNic(nic.Id, foreign);
    }

    private bool TryDelete(SiblingLink sibling, NicRecord nic, NetworkRecord network)
    {
        using NamespaceHandle? target = session.Finder.Find(
            sibling.NamespaceName, sibling.NamespacePath, sibling.Namespace, new(HostBoot.Id, 0));
        return target is not null && session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open(target, session.Trace);
            if (inside.FindLink(sibling.Link.Index) is not Link link || !_links.IsOn(inside, link, nic, network)) return false;
            // A link keeps its index when it's moved, unless the one who moves it chooses another. While a NIC is being
            // created, its address can turn out to be someone else's.
            bool isOurs = link.Index == LinkMark.Index(nic) || link.Alias == LinkMark.Alias(network, nic)
                || (nic.InterfaceIndex != 0 && inside.GetAddresses(link).Any(a => nic.Leases.Any(l => l.Address.Value == a.Address.Value)));
            if (isOurs) inside.Execute(new LinkDelete(link.Index, link.Name));
            return isOurs;
        });
    }

    // The other NICs of its namespace, in the order of creation.
    private List<(NicRecord, NetworkRecord)> FindOthers(NicRecord nic)
    {
        NicRecord[] others = [.. session.State.GetNics(nic.Namespace).Where(n =>
            n.Id != nic.Id && n.NamespaceBirth == nic.NamespaceBirth && n.State == NicState.Attached && !n.IsHost)];
        if (others.Length == 0) return [];
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        return [.. others.Where(n => networks.ContainsKey(n.NetworkId)).Select(n => (n, networks[n.NetworkId]))];
    }

    private void TryExecute(RouteSocket inside, RouteRequest route)
    {
        try
        {
            inside.Execute(route);
        }
        catch (NetlinkException e) when (e.Errno is Errno.ENODEV or Errno.ENETDOWN or Errno.ENETUNREACH)
        {
            // The other NIC has been disconnected too, or is down or lacks its address; a comparison shows that.
        }
        catch (NetlinkException e)
        {
            session.Warn($"A route of the NIC can't be given to another one: {e.Message}");
        }
    }
}
