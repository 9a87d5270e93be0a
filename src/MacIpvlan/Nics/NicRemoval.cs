using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
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
    private readonly RoutesToHost _routesToHost = new(session);
    private readonly NicNeighbors _neighbors = new(session);
    private readonly HashSet<int> _told = [];

    /// <summary>
    /// Deletes the link of a NIC, finished or not. If it can't be found but may still exist, this causes a warning.
    /// </summary>
    /// <param name="target">The NIC's namespace; null if that no longer exists.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Delete(NamespaceHandle? target, NicRecord nic, NetworkRecord network)
    {
        if (target is not null && session.Namespaces.Await(Start(target, nic, network)) == LinkRemoval.Deleted) return;
        IReadOnlyList<SiblingLink> unknown = DeleteMoved(target, nic, network);
        // The links on a parent are named once; one in the NIC's place concerns only that NIC.
        if (unknown.Count > 0 && (IsInPlace(unknown[0], nic) || _told.Add(nic.ParentIndex))) session.Warn(Describe(unknown, nic, network));
    }

    /// <summary>
    /// Starts to delete the link of a NIC, finished or not, in its namespace. The address of its DHCP lease is given back
    /// before.
    /// </summary>
    public Task<LinkRemoval> Start(NamespaceHandle target, NicRecord nic, NetworkRecord network) => session.Namespaces.Start(target, () =>
    {
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        RouteRequest[] beside = [.. NicBandwidth.DeleteIfb(inside, nic)];
        if ((_links.Find(inside, nic, network) ?? _links.FindOrphan(inside, nic, network)) is not Link link)
        {
            inside.Execute(beside);
            return LinkRemoval.NotFound;
        }

        NicDhcp.Release(link.Index, nic, network);
        inside.Execute([new LinkDelete(link.Index, link.Name), .. beside]);
        // With a macvlan link of its own, a container can make more links on the host's parent.
        bool isLike = nic.InterfaceIndex == 0 || network.NicKind is not MacvlanLink || link.MacAddress.Equals(nic.MacAddress);
        return isLike ? LinkRemoval.Deleted : LinkRemoval.Doubtful;
    });

    /// <summary>
    /// Gives the routes that a NIC shared with other NICs of its namespace to the next one. NICs that are being
    /// disconnected don't count, so call it after all of them have been started.
    /// </summary>
    public void PassRoutesOn(NamespaceHandle target, NicRecord nic, NetworkRecord network)
    {
        if (nic.IsHost) return;
        RoutedNic[] others = [.. NicNeighbors.In(_neighbors.Find(nic), nic.NamespaceBirth.Cookie)];
        NamespaceRoutes before = new(NicNeighbors.InOrder([.. others, new(nic, network, others.Length == 0 ? null : _neighbors.FindHost(network.Id))]));
        RouteRequest[] routes = [.. new NamespaceRoutes(others).ChangesFrom(before, gone: nic)];
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
    /// <param name="target">The NIC's namespace; null if that no longer exists.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <returns>
    /// If no link can be recognized as the NIC's: the links on its parent that belong to no NIC, of which any may be
    /// the one. If the parent isn't on the host, the link in the NIC's place.
    /// </returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public IReadOnlyList<SiblingLink> DeleteMoved(NamespaceHandle? target, NicRecord nic, NetworkRecord network)
    {
        if (nic.ParentIndex == 0) return [];
        if (session.Host.FindLink(nic.ParentIndex) is not Link parent)
        {
            // Links end with their parent, but not if that is moved to another namespace.
            return target is null ? [] : FindDoubtful(target, nic, network);
        }

        SiblingLink[] unknown = [.. _siblings.FindUnrecorded(parent).Where(s => s.Link.KindName == network.NicKind.Name)];
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
        Delete(null, nic, network);
        GiveBack(nic, network);
        Release(nic);
    }

    /// <summary>
    /// Gives the address of a NIC whose namespace no longer exists back to its DHCP server. That is a courtesy: otherwise,
    /// the lease ends by itself.
    /// </summary>
    public void GiveBack(NicRecord nic, NetworkRecord network)
    {
        if (nic.Dhcp?.Binding is null || session.Host.FindLink(nic.ParentIndex) is not { HasCarrier: true } parent) return;
        // To the server, the NIC of a container that was made anew under its name is the same.
        if (session.State.GetDhcpNics().Any(n => n.Id != nic.Id && n.Dhcp!.ClientIdentifier.SequenceEqual(nic.Dhcp.ClientIdentifier))) return;
        session.RollBack(() => session.Namespaces.Run(session.OwnNamespace, () =>
        {
            NicDhcp.ReleaseFrom(parent, nic, network, session.Pause);
            return 0;
        }));
    }

    /// <summary>Says that a NIC's link can be any of several links.</summary>
    public static string Describe(IReadOnlyList<SiblingLink> unknown, NicRecord nic, NetworkRecord network) => IsInPlace(unknown[0], nic)
        ? $"The interface of {new ContainerNic(nic, network)} can't be recognized, because its parent {network.Parent} isn't on this host. "
        + $"If the parent was moved to another namespace, {unknown[0]} can be the one."
        : $"The interface of {new ContainerNic(nic, network)} isn't where it was created. If it wasn't deleted, it's one of the "
        + $"{unknown[0].Link.KindName} links on {network.Parent} that belong to no NIC, unless other programs made them: "
        + $"{Phrase.NameSome([.. unknown])}.";

    /// <summary>Deletes what is left of the former link of a NIC that was made anew, wherever its container has moved it.</summary>
    /// <param name="former">The NIC as it was.</param>
    public void DeleteFormer(ContainerNic former)
    {
        NicRecord nic = former.Record;
        try
        {
            // Links end with the boot.
            if (nic.NamespaceBirth.BootId == HostBoot.Id) DeleteFormer(nic, former.NetworkRecord);
            session.State.RemoveFormerLink(nic);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            session.Warn($"The former link of {former} can't be looked for: {e.Message}");
        }
    }

    private void DeleteFormer(NicRecord former, NetworkRecord network)
    {
        // It can be back there by now, with another link.
        bool isBack = session.State.GetNics(former.Namespace).Any(n => n.Id == former.Id && n.NamespaceKey == former.NamespaceKey);
        using NamespaceHandle? place = isBack ? null : _links.OpenNamespace(former);
        Delete(place, former.KeepingLease(), network);
    }

    /// <summary>Frees the addresses of a NIC whose link no longer exists.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="foreign">Its addresses that others were found to have.</param>
    public void Release(NicRecord nic, IReadOnlyList<ForeignAddress>? foreign = null)
    {
        // Nobody would know any more what to look for.
        IReadOnlyList<NicRecord> former = session.State.GetFormerLinks(nic.Id);
        if (former.Count > 0 && session.State.GetNetworks().FirstOrDefault(n => n.Id == nic.NetworkId) is NetworkRecord network)
        {
            foreach (NicRecord link in former) DeleteFormer(new ContainerNic(link, network));
        }

        _hostRoutes.Remove(nic);
        if (nic.IsHost) _routesToHost.Change(nic, null);
        session.State.ReleaseNic(nic.Id, foreign);
    }

    private static bool IsInPlace(SiblingLink link, NicRecord nic) => link.Namespace == nic.Namespace && link.Link.Index == LinkMark.Index(nic);

    private bool TryDelete(SiblingLink sibling, NicRecord nic, NetworkRecord network)
    {
        using NamespaceHandle? target = session.Finder.Find(
            sibling.NamespaceName, sibling.NamespacePath, sibling.Namespace, new(HostBoot.Id, 0));
        return target is not null && session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open(target, session.Trace);
            bool isOnHost = sibling.Namespace == NamespaceHandle.OwnIdentity;
            if (inside.FindLink(sibling.Link.Index) is not Link link || !_links.IsOn(inside, link, nic, network, isOnHost)) return false;
            // A link keeps its index when it's moved, unless the one who moves it chooses another. Its addresses prove
            // nothing: a link of another program can have them too.
            bool isOurs = link.Index == LinkMark.Index(nic) || link.Alias == LinkMark.Alias(network, nic);
            if (isOurs) inside.Execute(new LinkDelete(link.Index, link.Name));
            return isOurs;
        });
    }

    // A link with the NIC's index that can't be recognized without its parent.
    private SiblingLink[] FindDoubtful(NamespaceHandle target, NicRecord nic, NetworkRecord network) => session.Namespaces.Run(target, () =>
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        return _links.FindWithoutParent(inside, nic, network) is Link link
            ? [new SiblingLink(target.Name, target.Path, target.Identity, link)]
            : (SiblingLink[])[];
    });

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

/// <summary>The results of deleting the link of a NIC in its namespace.</summary>
internal enum LinkRemoval
{
    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>A link with another MAC address was deleted, which the container can have put in its place.</summary>
    Doubtful,

    /// <summary>It isn't there.</summary>
    NotFound,
}
