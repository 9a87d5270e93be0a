using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Tells what differs between what is on record and what the kernel has, and puts it right if wanted.</summary>
/// <param name="session">The session.</param>
/// <param name="repair">Asked before each repair: what, and what is done to it; null to repair nothing.</param>
public sealed class NetworkComparison(NetworkSession session, Func<string, string, bool>? repair)
{
    private readonly ContainerNics _nics = new(session);
    private readonly NicLinks _links = new(session);
    private readonly ParentLinks _parents = new(session);
    private readonly NetworkRestoration _restoration = new(session, repair ?? (static (_, _) => false));

    // Of routes that several NICs of a namespace ask for, the first NIC has the one that there is.
    private readonly Dictionary<(NamespaceIdentity, NamespaceBirth, IPPrefix, int?), string> _routeOwners = [];

    /// <summary>Compares networks.</summary>
    /// <param name="networks">Which; with all, also sub-interfaces that no network uses.</param>
    /// <param name="areAll">Whether these are all.</param>
    /// <returns>Each difference, as soon as it is found.</returns>
    public IEnumerable<NetworkDifference> Compare(IReadOnlyList<ContainerNetwork> networks, bool areAll)
    {
        foreach (NetworkDifference difference in CompareInterrupted(networks)) yield return difference;
        foreach (NetworkDifference difference in CompareParents(networks, areAll)) yield return difference;
        foreach (ContainerNetwork network in networks)
        {
            if (_parents.FindUsable(network.Parent) is not Link parent) continue;
            foreach (NetworkDifference difference in FindForgotten(network, parent)) yield return difference;
        }

        ContainerNic[] nics = [.. _nics.GetAllWithHost().Where(static n => n.Record.State is NicState.Attached or NicState.Detached)];
        foreach (ContainerNic nic in nics)
        {
            session.Progress(new("Comparing NICs", nic, nics.Length));
            foreach (RouteAdd route in RoutesOf(nic, new Link { Index = 0, Name = "" }))
            {
                _routeOwners.TryAdd(OwnedRoute(nic, route), nic.Id);
            }

            if (networks.FirstOrDefault(n => n.Id == nic.NetworkRecord.Id) is not ContainerNetwork network) continue;
            Link? parent = _parents.FindUsable(network.Parent);
            foreach (NetworkDifference difference in CompareNic(nic, network, parent)) yield return difference;
        }
    }

    private IEnumerable<NetworkDifference> CompareInterrupted(IReadOnlyList<ContainerNetwork> networks)
    {
        if (!session.State.NeedsRecovery()) yield break;
        foreach (NicRecord nic in session.State.GetAbandonedNics())
        {
            if (networks.FirstOrDefault(n => n.Id == nic.NetworkId) is not ContainerNetwork network) continue;
            string name = new ContainerNic(nic, network.Record).ToString();
            bool isRepaired = repair?.Invoke(name, "Undo what an interrupted command left half done") ?? false;
            if (isRepaired) session.Recover();
            yield return new(DifferenceKind.Interrupted, name, network.Name)
            {
                Expected = nameof(NicState.Attached),
                Actual = nic.State.ToString(),
                IsRepaired = isRepaired,
            };
        }
    }

    private List<NetworkDifference> CompareParents(IReadOnlyList<ContainerNetwork> networks, bool areAll)
    {
        List<NetworkDifference> found = [];
        using IDisposable? topology = repair is null ? null : session.State.LockTopology();
        IReadOnlyList<ParentLinkRecord> ours = session.State.GetParentLinks();
        foreach (ParentLinkRecord record in ours)
        {
            string users = string.Join(", ", networks.Where(n => n.Parent == record.Name));
            if (users.Length == 0 && !areAll) continue;
            Link? link = session.Host.FindLink(record.Name);
            NetworkDifference? difference = link is null
                ? new(DifferenceKind.ParentMissing, record.Name, users) { Expected = $"{record.Kind}", Actual = "none" }
                : !_parents.IsInPlace(record)
                    ? new(DifferenceKind.ParentChanged, record.Name, users)
                    {
                        Expected = $"{record.Kind}, up",
                        Actual = $"{Describe(record, link)}, {(link.IsUp ? "up" : "down")}",
                    }
                    : record.Mtu is int mtu && link.Mtu != mtu
                        ? new(DifferenceKind.MtuChanged, record.Name, users) { Expected = $"{mtu}", Actual = $"{link.Mtu}" }
                        : null;
            if (difference is not null) found.Add(Repaired(difference, () => RepairParent(record, link)));
        }

        foreach (IGrouping<string, ContainerNetwork> users in networks.GroupBy(static n => n.Parent))
        {
            if (ours.Any(p => p.Name == users.Key) || session.Host.FindLink(users.Key) is not null) continue;
            found.Add(new(DifferenceKind.ParentMissing, users.Key, string.Join(", ", users)) { Expected = "a link", Actual = "none" });
        }

        return found;
    }

    // The kernel tells settings that nobody asked for: they are no difference.
    private string Describe(ParentLinkRecord record, Link link) => _parents.FindUsable(record.Name) is not null
        ? record.Kind.ToString()
        : link.Kind?.ToString() ?? link.KindName ?? "hardware";

    private void RepairParent(ParentLinkRecord record, Link? link)
    {
        if (link is not null && record.Mtu is int mtu && link.Mtu != mtu)
        {
            session.Host.Execute(new LinkSet(link.Index, link.Name) { Mtu = mtu });
        }

        _parents.Restore(record);
    }

    private IEnumerable<NetworkDifference> CompareNic(ContainerNic nic, ContainerNetwork network, Link? parent)
    {
        List<Finding> findings;
        using NamespaceHandle? target = _links.OpenNamespace(nic.Record);
        if (target is null)
        {
            // It gets its NIC back when it is started, and holds its addresses until then.
            if (nic.Record.Container is Container container && _nics.StateOf(container) == ContainerState.Stopped) return [];
            findings = [new(new(DifferenceKind.LeaseWithoutNic, nic.ToString(), nic.Network)
            {
                Expected = nic.IPAddress.ToString(), Actual = "its namespace is gone",
            })];
        }
        else if (_links.FindSuccessor(nic.Record, target) is NamespaceIdentity now)
        {
            findings = [new(new(DifferenceKind.NamespaceChanged, nic.ToString(), nic.Network)
            {
                Expected = now.ToString(), Actual = target.Identity.ToString(),
            })];
        }
        else
        {
            findings = session.Namespaces.Run(target, () => CompareLink(target, nic, parent));
        }

        // What cannot be changed on the link needs another link, and that settles all.
        if (findings.Exists(static f => f.Fix is null))
        {
            bool isRepaired = repair is not null && Remake(nic, network, hasParent: parent is not null);
            return findings.Select(f => f.Difference with { IsRepaired = isRepaired });
        }

        NetworkDifference[] told = Repaired(target!, findings);
        if (told.Length == 0 || !told.All(static d => d.IsRepaired)) return told;
        // One repair may undo another: an address takes along routes, and addresses of its subnet that came after it.
        bool isWell = Repaired(target!, session.Namespaces.Run(target!, () => CompareLink(target!, nic, parent))).All(static d => d.IsRepaired);
        return told.Select(d => d with { IsRepaired = isWell });
    }

    private NetworkDifference[] Repaired(NamespaceHandle target, List<Finding> findings) =>
        [.. findings.Select(f => Repaired(f.Difference, () => session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open(target, session.Trace);
            inside.Execute(f.Fix!);
            return 0;
        })))];

    private bool Remake(ContainerNic nic, ContainerNetwork network, bool hasParent)
    {
        RestoredItem item = _restoration.RestoreNic(nic, network, hasParent, replace: true);
        if (item.Result == RestoreResult.Failed) session.Warn($"{nic} is not repaired: {item.Reason}");
        return item.Result is RestoreResult.Restored or RestoreResult.Released;
    }

    private List<Finding> CompareLink(NamespaceHandle target, ContainerNic nic, Link? parent)
    {
        using RouteSocket inside = RouteSocket.Open(target);
        NicRecord record = nic.Record;
        List<Finding> findings = [];
        if (NicLinks.Find(inside, record, nic.NetworkRecord) is not Link link)
        {
            Add(DifferenceKind.LinkMissing, record.InterfaceName, "none");
            return findings;
        }

        if (link.Name != record.InterfaceName) Add(DifferenceKind.NameChanged, record.InterfaceName, link.Name);
        if (parent is not null && link.ParentIndex != parent.Index) Add(DifferenceKind.ParentChanged, parent.Name, $"if{link.ParentIndex}");
        if (!HasMode(link, nic.NetworkRecord.NicKind)) Add(DifferenceKind.ModeChanged, $"{nic.NetworkRecord.NicKind}", $"{link.Kind}");
        if (nic.NetworkRecord.NicKind is MacvlanLink && !link.MacAddress.Equals(record.MacAddress))
        {
            Add(
                DifferenceKind.MacAddressChanged, Link.Format(record.MacAddress), Link.Format(link.MacAddress),
                new LinkSet(link.Index, link.Name) { MacAddress = record.MacAddress });
        }

        if (link.Mtu != record.Mtu)
        {
            Add(DifferenceKind.MtuChanged, $"{record.Mtu}", $"{link.Mtu}", new LinkSet(link.Index, link.Name) { Mtu = record.Mtu });
        }

        if (!link.IsUp) Add(DifferenceKind.LinkDown, "up", "down", new LinkSet(link.Index, link.Name) { Up = true });
        CompareAddresses(inside, link, nic, Add);
        CompareRoutes(inside, link, nic, Add);
        return findings;

        void Add(DifferenceKind kind, string expected, string actual, RouteRequest? fix = null) => findings.Add(new(
            new(kind, nic.ToString(), nic.Network) { Expected = expected, Actual = actual }) { Fix = fix });
    }

    private static void CompareAddresses(RouteSocket inside, Link link, ContainerNic nic, AddFinding add)
    {
        InterfaceAddress[] actual = [.. inside.GetAddresses(link).Where(static a => a.IsGlobal).Select(static a => a.Address)];
        foreach (InterfaceAddress missing in nic.Addresses.Except(actual))
        {
            add(DifferenceKind.AddressMissing, $"{missing}", "none", new AddressAdd(link, missing));
        }

        // Others are whoever's business; one of the network's own subnets may be given to another NIC any time.
        foreach (InterfaceAddress extra in actual.Except(nic.Addresses)
            .Where(a => nic.NetworkRecord.Subnets.Any(s => s.Prefix.Contains(a.Value))))
        {
            add(DifferenceKind.AddressWithoutLease, "none", $"{extra}", new AddressDelete(link, extra));
        }
    }

    private void CompareRoutes(RouteSocket inside, Link link, ContainerNic nic, AddFinding add)
    {
        foreach (IGrouping<AddressFamily, RouteAdd> family in RoutesOf(nic, link)
            .Where(r => _routeOwners[OwnedRoute(nic, r)] == nic.Id).GroupBy(static r => r.Destination.Family))
        {
            IReadOnlyList<Route> actual = inside.GetRoutes(family.Key);
            foreach (RouteAdd missing in family.Where(wanted => !actual.Any(a => IsSame(wanted, a))))
            {
                add(DifferenceKind.RouteMissing, missing.Text, "none", missing with { Replaces = !missing.IsDefault });
            }
        }
    }

    private IEnumerable<RouteAdd> RoutesOf(ContainerNic nic, Link link) => nic.Record.IsHost
        ? HostRoutes.Of(link, session.State.GetNics(nic.Record.NetworkId).Where(static n => n.State == NicState.Attached))
        : NicRoutes.Of(nic.NetworkRecord, nic.Record, link);

    private static bool IsSame(RouteAdd wanted, Route actual)
    {
        if (wanted.Destination != actual.Destination || wanted.KnownMetric != actual.Metric) return false;
        // Where another's default route stands in its place, that is as it was to be.
        if (wanted.IsDefault) return true;
        return wanted.Type == actual.Type && wanted.Gateway == actual.Gateway
            && (wanted.Type != NetworkRouteType.Unicast || wanted.Link.Index == actual.LinkIndex);
    }

    private static (NamespaceIdentity, NamespaceBirth, IPPrefix, int?) OwnedRoute(ContainerNic nic, RouteAdd route) =>
        (nic.Record.Namespace, nic.Record.NamespaceBirth, route.Destination, route.Metric);

    private static bool HasMode(Link link, LinkKind wanted) => (link.Kind, wanted) switch
    {
        (MacvlanLink actual, MacvlanLink macvlan) => actual.Mode == macvlan.Mode,
        (IpvlanLink actual, IpvlanLink ipvlan) => actual == ipvlan,
        _ => false,
    };

    // Links that bear the network's mark, and are on no record, or not where it says.
    private IEnumerable<NetworkDifference> FindForgotten(ContainerNetwork network, Link parent)
    {
        SiblingLink[] marked = [.. new SiblingLinks(session).Find(parent).Where(s => LinkMark.NicId(s.Link, network.Record) is not null)];
        // Read after the links: what was made meanwhile is on record by now.
        Dictionary<string, NicRecord> known = session.State.GetNics(network.Id).ToDictionary(static n => n.Id);
        foreach (SiblingLink sibling in marked)
        {
            bool isKnown = known.TryGetValue(LinkMark.NicId(sibling.Link, network.Record)!, out NicRecord? nic)
                && (nic.State is not (NicState.Attached or NicState.Detached)
                    || (nic.Namespace == sibling.Namespace && nic.InterfaceIndex == sibling.Link.Index));
            if (isKnown) continue;
            using NamespaceHandle? target = session.Finder.Find(
                sibling.NamespaceName, sibling.NamespacePath, sibling.Namespace, new(HostBoot.Id, 0));
            // What was taken away meanwhile is neither.
            if (target is null || !session.Namespaces.Run(target, () => IsStill(target, sibling.Link))) continue;
            yield return Repaired(
                new(DifferenceKind.NicWithoutLease, sibling.ToString(), network.Name) { Expected = "none", Actual = sibling.Link.Alias },
                () => session.Namespaces.Run(target, () =>
                {
                    using RouteSocket inside = RouteSocket.Open(target, session.Trace);
                    inside.Execute(new LinkDelete(sibling.Link.Index, sibling.Link.Name));
                    return 0;
                }));
        }
    }

    private static bool IsStill(NamespaceHandle target, Link link)
    {
        using RouteSocket inside = RouteSocket.Open(target);
        return inside.FindLink(link.Index)?.Alias == link.Alias;
    }

    private NetworkDifference Repaired(NetworkDifference difference, Action fix)
    {
        string what = $"Repair {difference.Kind} on network {difference.Network}: from {difference.Actual} to {difference.Expected}";
        if (repair is null || !repair(difference.Name, what)) return difference;
        try
        {
            fix();
            return difference with { IsRepaired = true };
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            session.Warn($"{difference.Name} is not repaired: {e.Message}");
            return difference;
        }
    }

    private delegate void AddFinding(DifferenceKind kind, string expected, string actual, RouteRequest? fix = null);

    /// <summary>A difference, and the request that settles it; null where only another link does.</summary>
    private sealed record Finding(NetworkDifference Difference)
    {
        public RouteRequest? Fix { get; init; }
    }
}

/// <summary>Something that is on record and not so in the kernel, or the other way round.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Name">Of which link; that of a NIC is namespace and interface.</param>
/// <param name="Network">The network that it belongs to, or the networks.</param>
public sealed record NetworkDifference(DifferenceKind Kind, string Name, string Network)
{
    /// <summary>What is on record.</summary>
    public string Expected { get; init; } = "";

    /// <summary>What the kernel has.</summary>
    public string Actual { get; init; } = "";

    /// <summary>Whether it has been put right.</summary>
    public bool IsRepaired { get; init; }
}

/// <summary>What differs between record and kernel.</summary>
public enum DifferenceKind
{
    /// <summary>A command died at work on it.</summary>
    Interrupted,

    /// <summary>A parent is not on the host.</summary>
    ParentMissing,

    /// <summary>A parent is another kind of link, or down; or a NIC sits on another.</summary>
    ParentChanged,

    /// <summary>A NIC's interface is not in its namespace.</summary>
    LinkMissing,

    /// <summary>A NIC's interface is down.</summary>
    LinkDown,

    /// <summary>A NIC's interface has another name.</summary>
    NameChanged,

    /// <summary>A NIC's interface has another mode or flag.</summary>
    ModeChanged,

    /// <summary>A NIC's interface has another MAC address.</summary>
    MacAddressChanged,

    /// <summary>A NIC's interface, or a sub-interface, has another MTU.</summary>
    MtuChanged,

    /// <summary>A NIC's interface lacks an address.</summary>
    AddressMissing,

    /// <summary>A NIC's interface has an address of the network's subnets that was not given to it.</summary>
    AddressWithoutLease,

    /// <summary>A NIC's namespace lacks a route.</summary>
    RouteMissing,

    /// <summary>A NIC is in the namespace that its container had before it was restarted, which others keep alive.</summary>
    NamespaceChanged,

    /// <summary>A NIC's namespace is gone, and its addresses are still taken.</summary>
    LeaseWithoutNic,

    /// <summary>An interface that was made for a network is on no record.</summary>
    NicWithoutLease,
}
