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
            catch (NetlinkException e) when (e.Errno is Errno.EBUSY or Errno.EINVAL)
            {
                // The kernel's errors for a parent in use have no text: EBUSY for the other kind, EINVAL for Passthru.
                ThrowIfHeld(request.Network.Record, parent);
                throw;
            }
        }
    }

    /// <summary>Looks up the link of a NIC.</summary>
    /// <returns>Null if it no longer exists or its index belongs to another link.</returns>
    public static Link? Find(RouteSocket inside, NicRecord nic, NetworkRecord network) =>
        inside.FindLink(nic.InterfaceIndex) is Link link && IsOurs(link, nic, network) ? link : null;

    /// <summary>Deletes the link of a NIC, finished or not, if it exists.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Delete(NamespaceHandle target, NicRecord nic, NetworkRecord network) =>
        StartDelete(target, nic, network).GetAwaiter().GetResult();

    /// <summary>Does the same as <see cref="Delete"/>, but asynchronously.</summary>
    public Task<int> StartDelete(NamespaceHandle target, NicRecord nic, NetworkRecord network) => session.Namespaces.Start(target, () =>
    {
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        // Only a NIC that was never finished has no recorded index.
        Link? link = nic.InterfaceIndex != 0
            ? Find(inside, nic, network)
            : inside.GetLinks().FirstOrDefault(l => LinkMark.Is(l, network, nic));
        if (link is not null) inside.Execute(new LinkDelete(link.Index, link.Name));
        return 0;
    });

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

    // An administrator may have changed its alias. Its index, kind and MAC address still identify it.
    private static bool IsOurs(Link link, NicRecord nic, NetworkRecord network) => LinkMark.Is(link, network, nic)
        || (link.KindName == network.NicKind.Name && !link.Alias.StartsWith(LinkMark.ParentAlias, StringComparison.Ordinal)
            && link.MacAddress.Equals(nic.MacAddress));

    private void ThrowIfHeld(NetworkRecord network, Link parent)
    {
        bool passthru = network.NicKind is MacvlanLink { Mode: MacvlanMode.Passthru };
        SiblingLink[] holders = [.. new SiblingLinks(session).Find(parent).Where(s =>
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
