using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The kernel's part of connecting one NIC, with the exchange with a DHCP server on a network that has one. Runs on a thread
/// in the target namespace.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="request">The request.</param>
/// <param name="nic">The NIC, with its leases.</param>
/// <param name="parent">The link that it sits on.</param>
/// <param name="others">The other NICs of a namespace with the target's identity.</param>
internal sealed class NicLinkSetup(NetworkSession session, NicRequest request, NicRecord nic, Link parent, IReadOnlyList<RoutedNic> others)
{
    private const string DefaultName = "eth0";
    private const int NameAttempts = 8;
    private readonly NetworkRecord _network = request.Network.Record;

    // It gets its lease while it is made.
    private NicRecord _nic = nic;

    /// <summary>Creates the link, adds its addresses and routes, and brings it up.</summary>
    /// <returns>The NIC with the values that the kernel reports.</returns>
    /// <exception cref="NetlinkException">The kernel refused a step; the link is deleted again.</exception>
    public NicRecord Make()
    {
        using RouteSocket inside = RouteSocket.Open(request.Target, session.Trace);
        Link link = MakeLink(inside);
        try
        {
            CheckOptions(link);
            link = Configure(inside, link);
            return _nic with
            {
                State = NicRecordState.Attached,
                NamespaceBirth = new(HostBoot.Id, inside.NamespaceCookie),
                InterfaceName = link.Name,
                InterfaceIndex = link.Index,
                MacAddress = link.MacAddress,
                Mtu = link.Mtu,
            };
        }
        catch (Exception e)
        {
            Link? now = e is NetlinkException { Errno: Errno.ENODEV or Errno.ENOENT or Errno.EACCES } ? inside.FindLink(link.Index) : link;
            bool isMeddledWith = now?.Name != link.Name;
            // The kernel refuses IPv6 addresses and routes on such a link with EACCES.
            bool isSwitchedOff = e is NetlinkException { Errno: Errno.EACCES } && now?.IPv6?.IsDisabled == true;
            session.RollBack(() =>
            {
                NicDhcp.Release(link.Index, _nic, _network);
                inside.Execute([new LinkDelete(link.Index, link.Name), .. NicBandwidth.DeleteIfb(inside, _nic)]);
            });
            if (isMeddledWith) throw Meddling(link.Name);
            if (isSwitchedOff) throw SwitchedOff(link.Name);
            throw;
        }
    }

    /// <summary>The MAC address of a macvlan NIC: the requested one, or the one of its first address.</summary>
    public static PhysicalAddress MacAddressOf(NetworkRecord network, NicRecord nic) => nic.MacAddress.Equals(PhysicalAddress.None)
        ? DerivedMacAddress.From(network.Id, nic.Leases.Count == 0 ? nic.Id : nic.Leases[0].Address.Value.ToString())
        : nic.MacAddress;

    /// <summary>Checks that a name of a link is free in a namespace.</summary>
    /// <param name="inside">A socket in the namespace.</param>
    /// <param name="target">The namespace.</param>
    /// <param name="name">The name.</param>
    /// <param name="own">The index of the link that may have it.</param>
    /// <exception cref="NetworkException">InterfaceExists.</exception>
    public static void CheckName(RouteSocket inside, NamespaceHandle target, string name, int own)
    {
        if (inside.FindLink(name) is Link other && other.Index != own) throw NameTaken(target, name);
    }

    /// <summary>Checks that a NIC can get its index and its name in a namespace, after its own link there has been deleted.</summary>
    /// <param name="inside">A socket in the namespace.</param>
    /// <param name="target">The namespace.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="own">Its link; null if that isn't there.</param>
    /// <exception cref="NetworkException">InterfaceExists.</exception>
    public static void CheckIsFree(RouteSocket inside, NamespaceHandle target, NicRecord nic, Link? own)
    {
        int index = LinkMark.Index(nic);
        if (own is null && inside.FindLink(index) is not null) throw IndexTaken(target, index);
        CheckName(inside, target, nic.InterfaceName, index);
    }

    private Link MakeLink(RouteSocket inside)
    {
        string name = request.InterfaceName ?? DefaultName;
        for (int attempt = 0; attempt < NameAttempts; attempt++)
        {
            try
            {
                return Add(inside, name);
            }
            catch (NetlinkException e) when (e.Errno == Errno.EEXIST)
            {
                if (inside.FindLink(LinkMark.Index(_nic)) is not null) throw IndexTaken(request.Target, LinkMark.Index(_nic));
                // Kernels before 6.15 also refuse a name that exists only on the host.
                if (inside.FindLink(name) is null) return MakeUnderOtherName(inside, name);
                if (request.InterfaceName is not null) throw NameTaken(request.Target, name);
                name = NextFreeName(inside);
            }
        }

        throw new NetlinkException($"ip link add name {name} netns {request.Target.Name}", Errno.EEXIST);
    }

    private Link MakeUnderOtherName(RouteSocket inside, string name)
    {
        string temporary = string.Concat("mv", _nic.Id.AsSpan(0, 12));
        Link link = Add(inside, temporary);
        try
        {
            inside.Execute(new LinkSet(link.Index, temporary) { NewName = name });
            return link with { Name = name };
        }
        catch (NetlinkException e)
        {
            session.RollBack(() => inside.Execute(new LinkDelete(link.Index, temporary)));
            if (e.Errno == Errno.EEXIST) throw NameTaken(request.Target, name);
            throw;
        }
    }

    // By its name, the container could have put another link there.
    private Link Add(RouteSocket inside, string name)
    {
        LinkAdd addition = new(name, _network.NicKind)
        {
            Parent = parent,
            Index = LinkMark.Index(_nic),
            Namespace = _nic.IsHost ? null : request.Target,
            Mtu = request.Mtu ?? _network.Mtu,
            // On a DHCP network, it follows from the name that the link gets.
            MacAddress = _network.NicKind is MacvlanLink && (_nic.Dhcp is null || _nic.MacAddress.GetAddressBytes().Length > 0)
                ? MacAddressOf(_network, _nic)
                : null,
        };
        try
        {
            return session.Host.Create(addition, inside) with { Name = name };
        }
        catch (NetlinkException e) when (e.Errno == Errno.ENODEV && session.Host.FindLink(parent.Index) is not null)
        {
            throw Meddling(name);
        }
    }

    /// <summary>The name that the next NIC of a namespace gets. Runs on a thread in it.</summary>
    public static string FreeName(NamespaceHandle target)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, static () => { });
        return NextFreeName(inside);
    }

    /// <summary>The next free name ethN in a namespace.</summary>
    public static string NextFreeName(RouteSocket inside)
    {
        IReadOnlyList<Link> links = inside.GetLinks();
        int number = 0;
        while (links.Any(l => l.IsNamed(EthName(number)))) number++;
        return EthName(number);
    }

    private static string EthName(int number) => string.Create(CultureInfo.InvariantCulture, $"eth{number}");

    // The kernel ignores settings that it doesn't know.
    private void CheckOptions(Link link)
    {
        if (_network.NicKind is not MacvlanLink wanted || link.Kind is not MacvlanLink actual) return;
        (string Option, string Kernel)? missing =
            // The kernel doesn't report its default.
            wanted.BroadcastCutoff is not (null or MacvlanLink.UsualBroadcastCutoff) && actual.BroadcastCutoff is null ? ("BroadcastCutoff", "6.4")
            : wanted.BroadcastQueueLength is not null && actual.BroadcastQueueLength is null ? ("BroadcastQueueLength", "5.11")
            : null;
        if (missing is null) return;
        throw new NetworkException(
            NetworkError.KernelTooOld,
            $"The option {missing.Value.Option} of network '{_network.Name}' needs kernel {missing.Value.Kernel} or later; "
            + $"this host runs {Environment.OSVersion.Version}.",
            "Create the network again without this option.");
    }

    private Link Configure(RouteSocket inside, Link link)
    {
        // Before the link is up, when no router advertisement can have arrived.
        NicIPv6.SetUp(session, inside, _network, _nic, link);
        NicSysctls.Set(session, inside, link, NicSysctls.Of(_network, _nic));
        // The addresses of its network are probed before it asks for one.
        Probe(inside, link);
        if (_nic.Dhcp is not null && !_nic.IsDisabled) (_nic, link) = new NicLeaseSetup(session, request, parent).Lease(inside, _nic, link);
        // The burst follows from the MTU, which can be that of the lease.
        new NicBandwidth(_network, _nic).SetUp(inside, link, request.Target);
        // Here, the host doesn't answer ARP for its other addresses.
        if (_nic.IsHost && HasFamily(AddressFamily.InterNetwork)) SetSysctl(inside, "ipv4", link, "arp_ignore", "1");
        // The l3 modes have no link layer to announce on.
        bool isAnnounced = request.AnnounceCount > 0 && _nic.Leases.Count > 0 && !_nic.IsDisabled && !NicRoutes.IsRouted(_network);
        PacketSocket? announcing = isAnnounced && request.AnnouncesItself ? PacketSocket.TryOpen() : null;
        try
        {
            SetUp(inside, link, kernelAnnounces: isAnnounced && announcing is null);
            if (announcing is null) return link;
            Announcer.Start(announcing, link.Index, link.MacAddress, Addresses, request.AnnounceCount);
            announcing = null;
            return link;
        }
        finally
        {
            announcing?.Dispose();
        }
    }

    private void SetUp(RouteSocket inside, Link link, bool kernelAnnounces)
    {
        // Only the kernel knows when an address from a router is there. It can be that of a NIC with another MAC address.
        bool configuresItself = request.AnnounceCount > 0 && NicIdentifier.TextOf(_network, _nic) is not null;
        if (configuresItself || (kernelAnnounces && HasFamily(AddressFamily.InterNetworkV6))) SetSysctl(inside, "ipv6", link, "ndisc_notify", "1");
        RouteRequest up = new LinkSet(link.Index, link.Name)
        {
            Alias = LinkMark.Alias(_network, _nic),
            // That of the lease.
            Mtu = _nic.Dhcp is null ? null : link.Mtu,
            Up = !_nic.IsDisabled,
        };
        AddressAdd[] addresses = [.. _nic.Leases.Select(l => NicDhcp.Add(link, _nic, l.Address))];
        // If the kernel doesn't announce, the link comes up first: an IPv6 address added earlier would be reachable
        // only after a random delay of up to a second.
        List<RouteRequest> requests = kernelAnnounces ? [.. addresses, up] : [up, .. addresses];
        if (kernelAnnounces && HasFamily(AddressFamily.InterNetwork)) requests.Insert(0, new IPv4SettingSet(link.Index, link.Name, IPv4Setting.ArpNotify, 1));
        if (_nic.IsHost) inside.Execute([.. requests]);
        else new NicRouteSetup(session, request, _nic with { InterfaceName = link.Name }, others).Execute(inside, requests);
    }

    // Runs before the addresses are added to the link, because others on the wire may have them.
    private void Probe(RouteSocket inside, Link link)
    {
        AddressValue[] addresses = Addresses;
        if (request.Probe is not ProbeSettings settings || addresses.Length == 0 || _nic.IsDisabled) return;
        // The link is still marked as unfinished.
        inside.Execute(new LinkSet(link.Index, link.Name) { Up = true });
        if (inside.FindLink(link.Index) is { HasCarrier: false })
        {
            session.Warn(
                $"The addresses of {request.Target.Name}/{link.Name} aren't probed: {parent.Name} has no carrier, "
                + "so nobody can answer.");
            return;
        }

        foreach (AddressValue address in addresses)
        {
            session.Trace?.Invoke(inside.InNamespace(address.Family == AddressFamily.InterNetwork
                ? $"arping -D -c {settings.Count} -I {link.Name} {address}"
                : $"ndisc6 {address} {link.Name}"));
        }

        using AddressProbe probe = new(link, addresses);
        ThrowIfTaken(probe.Run(settings, session.Pause));
    }

    private static void ThrowIfTaken(IEnumerable<KeyValuePair<AddressValue, PhysicalAddress>> found)
    {
        if (found.Any()) throw AddressConflict.OnTheWire(found);
    }

    private AddressValue[] Addresses => [.. _nic.Leases.Select(static l => l.Address.Value)];

    private bool HasFamily(AddressFamily family) => _nic.Leases.Any(l => l.Address.Value.Family == family);

    private void SetSysctl(RouteSocket inside, string family, Link link, string key, string value)
    {
        session.Trace?.Invoke(inside.InNamespace(Sysctl.Command(family, link.Name, key, value)));
        Sysctl.TrySet(family, link.Name, key, value);
    }

    private NetworkException Meddling(string name) => new(
        NetworkError.InterfaceNotFound,
        $"A program in {request.Target.Name} moved, renamed or deleted the interface {name} while it was being created.",
        "End that program, or repeat the command.");

    private NetworkException SwitchedOff(string name) => new(
        NetworkError.IPv6Unavailable,
        $"A program in {request.Target.Name} switched IPv6 off on the interface {name} while it was being created.",
        "End that program, or repeat the command.");

    private static NetworkException IndexTaken(NamespaceHandle target, int index) => new(
        NetworkError.InterfaceExists,
        $"{target.Name} already has an interface with the index {index}, which the NIC would get.",
        "Delete that interface, which isn't of this module, and repeat the command.");

    private static NetworkException NameTaken(NamespaceHandle target, string name) => new(
        NetworkError.InterfaceExists,
        $"{target.Name} already has an interface named {name}.",
        "Specify another name. Connect-ContainerNic uses the next free ethN if -InterfaceName is omitted.");
}
