using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The kernel's links of NICs: makes, finds and deletes them in their namespaces.</summary>
internal sealed class NicLinks(NetworkSession session)
{
    private static readonly TimeSpan s_clearingTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_clearingInterval = TimeSpan.FromMilliseconds(50);

    private readonly HostRoutes _hostRoutes = new(session);

    /// <summary>Opens the namespace that a NIC was connected to.</summary>
    /// <returns>Null when it is gone.</returns>
    public NamespaceHandle? OpenNamespace(NicRecord nic) =>
        session.Finder.Find(nic.NamespaceName, nic.NamespacePath, nic.Namespace, nic.NamespaceBirth);

    /// <summary>
    /// Tells the namespace that a NIC's container has by now, where others keep the one alive that the NIC was connected to.
    /// </summary>
    /// <returns>Null when the container has not been restarted, or does not run.</returns>
    /// <exception cref="NetworkException">The container runs, and its namespace cannot be told.</exception>
    public NamespaceIdentity? FindSuccessor(NicRecord nic, NamespaceHandle alive)
    {
        // While the process lives that led to it, the container has not been restarted, and nobody need be asked.
        if (nic.Container is null || alive.Path == nic.NamespacePath) return null;
        using ContainerSighting container = session.Containers.Look(nic.Container);
        return container.Namespace is NamespaceHandle now && now.Identity != alive.Identity ? now.Identity : null;
    }

    /// <summary>Makes the link of a NIC, with its addresses and routes, and sets it up.</summary>
    /// <returns>The NIC with what the kernel has of it.</returns>
    /// <exception cref="NetlinkException">The kernel refused a step; the link is gone again.</exception>
    /// <exception cref="NetworkException">ParentInUse, naming the links that hold the parent; or InterfaceExists.</exception>
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
                // A namespace that has just ended is cleared by and by: its NIC may still have these addresses.
                session.Pause(s_clearingInterval);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EADDRINUSE && RefusedAddress(nic, e) is AddressValue address)
            {
                throw AddressConflict.OnParent(address, parent, e);
            }
            catch (NetlinkException e) when (e.Errno is Errno.EBUSY or Errno.EINVAL)
            {
                // The kernel's bare errors for a parent that others hold: EBUSY for the other kind, EINVAL for Passthru.
                ThrowIfHeld(request.Network.Record, parent);
                throw;
            }
        }
    }

    /// <summary>Looks up the link of a NIC.</summary>
    /// <returns>Null if it is gone, or the one in its place is another.</returns>
    public static Link? Find(RouteSocket inside, NicRecord nic, NetworkRecord network) =>
        inside.FindLink(nic.InterfaceIndex) is Link link && IsOurs(link, nic, network) ? link : null;

    /// <summary>Deletes the link of a NIC, finished or not, if it is there.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Delete(NamespaceHandle target, NicRecord nic, NetworkRecord network) =>
        StartDelete(target, nic, network).GetAwaiter().GetResult();

    /// <summary>Does what <see cref="Delete"/> does while the caller goes on.</summary>
    public Task<int> StartDelete(NamespaceHandle target, NicRecord nic, NetworkRecord network) => session.Namespaces.Start(target, () =>
    {
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        // Only one that was never finished has no index on record.
        Link? link = nic.InterfaceIndex != 0
            ? Find(inside, nic, network)
            : inside.GetLinks().FirstOrDefault(l => LinkMark.Is(l, network, nic));
        if (link is not null) inside.Execute(new LinkDelete(link.Index, link.Name));
        return 0;
    });

    /// <summary>Frees the addresses of a NIC whose link is gone.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="foreign">Those of its addresses that someone else was found to have.</param>
    public void Release(NicRecord nic, IReadOnlyList<ForeignAddress>? foreign = null)
    {
        _hostRoutes.Remove(nic);
        session.State.ReleaseNic(nic.Id, foreign);
    }

    private static AddressValue? RefusedAddress(NicRecord nic, NetlinkException refusal) => nic.Leases
        .Where(l => refusal.Step.Contains($"ip address add {l.Address} ", StringComparison.Ordinal))
        .Select(static l => (AddressValue?)l.Address.Value).FirstOrDefault();

    // An administrator may have written something else on it; index, kind and address are then its own still.
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
            ? "a macvlan link of mode Passthru takes its parent for itself alone"
            : "macvlan and ipvlan links cannot share a parent";
        throw new NetworkException(
            NetworkError.ParentInUse,
            $"{parent.Name} carries {Phrase.Count(holders.Length, holders[0].Link.KindName + " link")} "
            + $"({Phrase.NameSome(holders)}), and {rule}.",
            "Disconnect those first, or put one of the networks on another parent, such as a VLAN.");
    }
}
