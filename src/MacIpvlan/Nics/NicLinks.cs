using System.Diagnostics;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Creates and finds the links of NICs in their namespaces.</summary>
internal sealed class NicLinks(NetworkSession session)
{
    private static readonly TimeSpan s_clearingTime = TimeSpan.FromSeconds(2);

    // The threads of the runtime that are still in a NIC's former namespace (NamespaceFinder) leave it after four seconds.
    private static readonly TimeSpan s_leavingTime = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_clearingInterval = TimeSpan.FromMilliseconds(10);

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
        using ContainerSighting container = NicHolder.Look(session, nic);
        return container.Namespace is NamespaceHandle now && now.Identity != alive.Identity ? now.Identity : null;
    }

    /// <summary>Opens the namespace that now has the name of a NIC's namespace, or that its process is in now.</summary>
    /// <returns>Null if there is none.</returns>
    public static NamespaceHandle? OpenSuccessor(NicRecord nic)
    {
        if (nic.IsHost) return NamespaceHandle.OpenOwn();
        bool isSameProcess = nic.ProcessId is int id && nic.NamespaceBirth.BootId == HostBoot.Id
            && HostBoot.ProcessStart(id) == nic.ProcessStart;
        if (!isSameProcess && !nic.IsNamed) return null;
        NamespaceHandle? found = NamespaceHandle.TryOpen(nic.NamespaceName, nic.NamespacePath, out _);
        if (found?.Identity != NamespaceHandle.OwnIdentity) return found;
        found.Dispose();
        return null;
    }

    /// <summary>Creates the link of a NIC, adds its addresses and routes, and brings it up.</summary>
    /// <param name="request">The request.</param>
    /// <param name="nic">The NIC, with its leases.</param>
    /// <param name="parent">The link that it sits on.</param>
    /// <param name="others">The other NICs of a namespace with the target's identity.</param>
    /// <returns>The NIC with the values that the kernel reports.</returns>
    /// <exception cref="NetlinkException">The kernel refused a step; the link is deleted again.</exception>
    /// <exception cref="NetworkException">
    /// ParentInUse, with the names of the links that use the parent; InterfaceExists.
    /// </exception>
    public NicRecord Make(NicRequest request, NicRecord nic, Link parent, IReadOnlyList<RoutedNic> others)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan clearing = request.Patience ?? (nic.State == NicRecordState.Restoring ? s_leavingTime : s_clearingTime);
        while (true)
        {
            try
            {
                return session.Namespaces.Run(request.Target, () => new NicLinkSetup(session, request, nic, parent, others).Make());
            }
            catch (NetlinkException e) when (e.Errno == Errno.EADDRINUSE && IsMacAddressOfOther(request.Network.Record, nic))
            {
                // A NIC that has another address by now keeps the MAC address that was derived from the former one.
                nic = nic with { MacAddress = DerivedMacAddress.From(request.Network.Id, nic.Id) };
            }
            catch (NetlinkException e) when (e.Errno == Errno.EADDRINUSE && Stopwatch.GetElapsedTime(start) < clearing)
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
            catch (NetlinkException e) when (e.Errno == Errno.ENODEV && session.Host.FindLink(parent.Index) is null)
            {
                throw new NetworkException(
                    NetworkError.ParentNotFound,
                    $"The parent {parent.Name} of network '{request.Network.Name}' no longer exists on this host.",
                    $"Bring it back, and repeat the command. If this module created it, run Restore-ContainerNetwork {request.Network.Name}.");
            }
            catch (NetlinkException e) when (e.Errno is Errno.EBUSY or Errno.EINVAL)
            {
                // The kernel's errors for a parent in use have no text: EBUSY for the other kind, EINVAL for Passthru.
                CheckSiblings(session, request.Network.Record, parent);
                // Until the kernel has cleared a deleted namespace, its NIC still uses the parent.
                bool canBeDead = e.Errno == Errno.EBUSY || request.Network.Record.IsPassthru();
                if (!canBeDead || Stopwatch.GetElapsedTime(start) >= clearing) throw;
                session.Pause(s_clearingInterval);
            }
        }
    }

    /// <summary>Checks that a NIC's link can be made in a namespace, after the NIC's own link there has been deleted.</summary>
    /// <exception cref="NetworkException">InterfaceExists: another link has the name or the index.</exception>
    public void CheckIsFree(NamespaceHandle target, NicRecord nic, NetworkRecord network) => session.Namespaces.Run(target, () =>
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        NicLinkSetup.CheckIsFree(inside, target, nic, Find(inside, nic, network) ?? FindOrphan(inside, nic, network));
        return 0;
    });

    /// <summary>Looks up the link of a NIC in its namespace, by what its container can't change.</summary>
    /// <returns>Null if it isn't there.</returns>
    public Link? Find(RouteSocket inside, NicRecord nic, NetworkRecord network) =>
        inside.FindLink(LinkMark.Index(nic)) is Link link && IsOn(inside, link, nic, network, nic.IsHost) ? link : null;

    /// <summary>
    /// Looks up the link of a NIC whose parent was moved into another namespace, where it can have another index. The link
    /// lives on, with its own index and alias.
    /// </summary>
    /// <returns>Null if it isn't there, or the parent is on the host.</returns>
    public Link? FindOrphan(RouteSocket inside, NicRecord nic, NetworkRecord network) => FindWithoutParent(inside, nic, network) is Link link
        && (HasShape(link, nic, network) || link.Alias == LinkMark.Alias(network, nic)) ? link : null;

    /// <summary>Looks up a link with the index and the kind of a NIC whose parent isn't on the host.</summary>
    /// <returns>Null if there is none, or the parent is on the host.</returns>
    public Link? FindWithoutParent(RouteSocket inside, NicRecord nic, NetworkRecord network) =>
        inside.FindLink(LinkMark.Index(nic)) is Link link && link.KindName == network.NicKind.Name
        && nic.ParentIndex != 0 && session.Host.FindLink(nic.ParentIndex) is null ? link : null;

    /// <summary>
    /// Whether a link has the kind and the parent of a NIC's link, which nobody can change. A container can make links
    /// on links of its own, in any of its namespaces, so the parent's namespace counts too.
    /// </summary>
    /// <param name="inside">A socket in the link's namespace.</param>
    /// <param name="link">The link.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <param name="isOnHost">Whether that namespace is the host's.</param>
    public bool IsOn(RouteSocket inside, Link link, NicRecord nic, NetworkRecord network, bool isOnHost) =>
        IsOn(link, nic, network, isOnHost, () => inside.GetNamespaceId(session.OwnNamespace));

    /// <summary>Does the same for a caller that looks at many links of one namespace.</summary>
    /// <param name="link">The link.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <param name="isOnHost">Whether the link's namespace is the host's.</param>
    /// <param name="hostId">Returns the id of the host's namespace in the link's.</param>
    public static bool IsOn(Link link, NicRecord nic, NetworkRecord network, bool isOnHost, Func<int> hostId) =>
        HasShape(link, nic, network) && (link.ParentNamespaceId is int id ? hostId() == id : isOnHost);

    /// <summary>Whether a link has the kind and the parent's index of a NIC's link.</summary>
    public static bool HasShape(Link link, NicRecord nic, NetworkRecord network) =>
        link.KindName == network.NicKind.Name && link.ParentIndex == nic.ParentIndex;

    private static AddressValue? RefusedAddress(NicRecord nic, NetlinkException refusal) => nic.Leases
        .Where(l => refusal.Step.Contains($"ip address add {l.Address} ", StringComparison.Ordinal))
        .Select(static l => l.Address.Value).FirstOrDefault();

    private bool IsMacAddressOfOther(NetworkRecord network, NicRecord nic)
    {
        if (network.NicKind is not MacvlanLink || !nic.MacAddress.Equals(PhysicalAddress.None)) return false;
        PhysicalAddress derived = NicLinkSetup.MacAddressOf(network, nic);
        return session.State.GetNics().Any(n => n.Id != nic.Id && n.ParentIndex == nic.ParentIndex && n.MacAddress.Equals(derived));
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

    /// <summary>Checks that a parent has no links that exclude those of a network.</summary>
    /// <exception cref="NetworkException">ParentInUse, naming them.</exception>
    public static void CheckSiblings(NetworkSession session, NetworkRecord network, Link parent)
    {
        SiblingLink[] holders = [.. new SiblingLinks(session).Find(parent).Where(s =>
            s.Link.KindName != network.NicKind.Name || network.IsPassthru() || s.Link.Kind is MacvlanLink { Mode: MacvlanMode.Passthru })];
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
