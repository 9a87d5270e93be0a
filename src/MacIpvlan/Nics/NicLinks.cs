using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Creates, finds and deletes the links of NICs in their namespaces.</summary>
internal sealed class NicLinks(NetworkSession session)
{
    private static readonly TimeSpan s_clearingTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_clearingInterval = TimeSpan.FromMilliseconds(50);

    private readonly SiblingLinks _siblings = new(session);
    private readonly HostRoutes _hostRoutes = new(session);

    /// <summary>Opens the namespace that a NIC was connected to.</summary>
    /// <returns>Null if it no longer exists.</returns>
    public NamespaceHandle? OpenNamespace(NicRecord nic) =>
        session.Finder.Find(nic.NamespaceName, nic.NamespacePath, nic.Namespace, nic.NamespaceBirth);

    /// <summary>
    /// Finds the new namespace of a NIC's restarted container, if something else keeps the NIC's old one alive.
    /// </summary>
    /// <returns>Null if the container hasn't been restarted or isn't running.</returns>
    /// <exception cref="NetworkException">The container is running, but its namespace can't be determined.</exception>
    public NamespaceIdentity? FindSuccessor(NicRecord nic, NamespaceHandle alive)
    {
        // While the process that led to it is running, the container hasn't been restarted, and no runtime is asked.
        if (nic.Container is null || alive.Path == nic.NamespacePath) return null;
        using ContainerSighting container = session.Containers.Look(nic.Container);
        return container.Namespace is NamespaceHandle now && now.Identity != alive.Identity ? now.Identity : null;
    }

    /// <summary>Creates the link of a NIC, adds its addresses and routes, and brings it up.</summary>
    /// <returns>The NIC with the values that the kernel reports.</returns>
    /// <exception cref="NetlinkException">The kernel refused a step; the link is deleted again.</exception>
    /// <exception cref="NetworkException">
    /// ParentInUse, with the names of the links that use the parent; InterfaceExists.
    /// </exception>
    public NicRecord Make(NicRequest request, NicRecord nic, Link parent)
    {
        DateTime giveUp = DateTime.UtcNow + s_clearingTime;
        while (true)
        {
            try
            {
                return session.Namespaces.Run(request.Target, () => new NicLinkSetup(session, request, nic, parent).Make());
            }
            catch (NetlinkException e) when (e.Errno == Errno.EADDRINUSE && DateTime.UtcNow < giveUp)
            {
                // The kernel clears a deleted namespace with a delay, so its NIC may still have these addresses.
                session.Pause(s_clearingInterval);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EADDRINUSE && RefusedAddress(nic, e) is AddressValue address)
            {
                throw AddressConflict.OnParent(address, parent, e);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EADDRINUSE && request.Network.Record.NicKind is MacvlanLink)
            {
                throw RefusedMacAddress(request, nic, parent);
            }
            catch (NetlinkException e) when (e.Errno is Errno.EBUSY or Errno.EINVAL)
            {
                // The kernel's errors for a parent in use have no text: EBUSY for the other kind, EINVAL for Passthru.
                ThrowIfHeld(request.Network.Record, parent);
                throw;
            }
        }
    }

    /// <summary>Looks up the link of a NIC in its namespace, by what its container can't change.</summary>
    /// <returns>Null if it isn't there.</returns>
    public Link? Find(RouteSocket inside, NicRecord nic, NetworkRecord network) =>
        inside.FindLink(LinkMark.Index(nic)) is Link link && IsOn(inside, link, nic, network) ? link : null;

    /// <summary>
    /// Deletes the link of a NIC that isn't released, finished or not, wherever its container has moved it.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Delete(NamespaceHandle target, NicRecord nic, NetworkRecord network)
    {
        if (!StartDelete(target, nic, network, []).GetAwaiter().GetResult()) DeleteMoved(nic, network);
    }

    /// <summary>
    /// Starts to delete the link of a NIC that is released, finished or not, in its namespace. Routes that it shared
    /// with other NICs there go to the next one.
    /// </summary>
    /// <returns>False if the link isn't there.</returns>
    public Task<bool> StartDelete(NamespaceHandle target, NicRecord nic, NetworkRecord network) =>
        StartDelete(target, nic, network, nic.IsHost ? [] : [.. NicRoutes.After(network, nic, FindOthers(nic))]);

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
        HashSet<(NamespaceIdentity, int)> ofOthers = [.. session.State.GetNics().Where(n => n.Id != nic.Id)
            .Select(static n => (n.Namespace, LinkMark.Index(n)))];
        SiblingLink[] unknown = [.. _siblings.Find(parent).Where(s => s.Link.KindName == network.NicKind.Name
            && s.Namespace != NamespaceHandle.OwnIdentity && !ofOthers.Contains((s.Namespace, s.Link.Index)))];
        bool isFound = false;
        foreach (SiblingLink link in unknown)
        {
            if (!TryDelete(link, nic, network)) continue;
            session.Warn($"The NIC {new ContainerNic(nic, network)} had been moved to {link}, and is deleted there.");
            isFound = true;
        }

        if (unknown.Length > 0) _siblings.Forget();
        return isFound ? [] : unknown;
    }

    /// <summary>
    /// Frees the addresses of a NIC whose namespace no longer exists, and deletes its link if that was moved before.
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

    private static AddressValue? RefusedAddress(NicRecord nic, NetlinkException refusal) => nic.Leases
        .Where(l => refusal.Step.Contains($"ip address add {l.Address} ", StringComparison.Ordinal))
        .Select(static l => (AddressValue?)l.Address.Value).FirstOrDefault();

    private Task<bool> StartDelete(NamespaceHandle target, NicRecord nic, NetworkRecord network, RouteRequest[] after) =>
        session.Namespaces.Start(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open(target, session.Trace);
            Link? link = Find(inside, nic, network);
            if (link is not null) inside.Execute(new LinkDelete(link.Index, link.Name));
            foreach (RouteRequest route in after) TryExecute(inside, route);
            return link is not null;
        });

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
            // The other NIC is being disconnected too, or is down or lacks its address; a comparison shows that.
        }
        catch (NetlinkException e)
        {
            session.Warn($"A route of the NIC can't be given to another one: {e.Message}");
        }
    }

    // The kernel compares the MAC addresses of a parent's links when one comes up, and doesn't name the other.
    private static NetworkException RefusedMacAddress(NicRequest request, NicRecord nic, Link parent)
    {
        PhysicalAddress mac = NicLinkSetup.MacAddressOf(request.Network.Record, nic);
        return request.MacAddress is null && nic.Leases.Count > 0
            ? AddressConflict.OfMacAddress(nic.Leases[0].Address.Value, mac, parent)
            : new NetworkException(
                NetworkError.MacAddressInUse,
                $"The MAC address {Link.Format(mac)} is in use by another link of {parent.Name}.",
                "Specify another MAC address, or omit it to derive one from the network and the address.");
    }

    private bool TryDelete(SiblingLink sibling, NicRecord nic, NetworkRecord network)
    {
        using NamespaceHandle? target = session.Finder.Find(
            sibling.NamespaceName, sibling.NamespacePath, sibling.Namespace, new(HostBoot.Id, 0));
        return target is not null && session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open(target, session.Trace);
            if (inside.FindLink(sibling.Link.Index) is not Link link || !IsOn(inside, link, nic, network)) return false;
            // A link keeps its index when it's moved, unless the one who moves it chooses another.
            bool isOurs = link.Index == LinkMark.Index(nic) || link.Alias == LinkMark.Alias(network, nic) || inside.GetAddresses(link).Any(a => nic.Leases.Any(l => l.Address.Value == a.Address.Value));
            if (isOurs) inside.Execute(new LinkDelete(link.Index, link.Name));
            return isOurs;
        });
    }

    // Kind and parent are what nobody inside a namespace can change or make: a link of the same index can sit on a link
    // of the container's own, in any of its namespaces.
    private bool IsOn(RouteSocket inside, Link link, NicRecord nic, NetworkRecord network) =>
        link.KindName == network.NicKind.Name && link.ParentIndex == nic.ParentIndex
        && (link.ParentNamespaceId is int id ? inside.GetNamespaceId(session.OwnNamespace) == id : nic.IsHost);

    private void ThrowIfHeld(NetworkRecord network, Link parent)
    {
        bool passthru = network.NicKind is MacvlanLink { Mode: MacvlanMode.Passthru };
        SiblingLink[] holders = [.. _siblings.Find(parent).Where(s =>
            s.Link.KindName != network.NicKind.Name || passthru || s.Link.Kind is MacvlanLink { Mode: MacvlanMode.Passthru })];
        if (holders.Length == 0) return;
        string rule = holders[0].Link.KindName == network.NicKind.Name
            ? "a macvlan link in mode Passthru can't share its parent"
            : "macvlan and ipvlan links can't share a parent";
        throw new NetworkException(
            NetworkError.ParentInUse,
            $"{parent.Name} already has {Phrase.Count(holders.Length, holders[0].Link.KindName + " link")} "
            + $"({Phrase.NameSome(holders)}), and {rule}.",
            "Disconnect them first, or put one of the networks on another parent, such as a VLAN.");
    }
}
