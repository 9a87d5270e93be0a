using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Compares recorded NICs with their links, addresses and routes in the kernel.</summary>
internal sealed class NicComparison(NetworkSession session)
{
    private readonly NicLinks _links = new(session);

    // If several NICs of a namespace request the same route, it belongs to the first NIC.
    private readonly Dictionary<(NamespaceIdentity, NamespaceBirth, IPPrefix, int?), string> _routeOwners = [];

    /// <summary>
    /// Notes which routes a NIC requests. Call it for every NIC, in the order of creation, before the NIC is compared.
    /// </summary>
    public void NoteRoutes(ContainerNic nic)
    {
        foreach (RouteAdd route in RoutesOf(nic, new Link { Index = 0, Name = "" }))
        {
            _routeOwners.TryAdd(OwnedRoute(nic, route), nic.Id);
        }
    }

    /// <summary>Compares a NIC with the link in its namespace. Runs on a thread in that namespace.</summary>
    /// <param name="target">The namespace.</param>
    /// <param name="nic">The NIC.</param>
    /// <param name="parent">The link that it sits on; null if that is missing.</param>
    public IReadOnlyList<NicFinding> Compare(NamespaceHandle target, ContainerNic nic, Link? parent)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        NicRecord record = nic.Record;
        List<NicFinding> findings = [];
        AddFinding add = AddTo(findings, nic);
        if (_links.Find(inside, record, nic.NetworkRecord) is not Link link)
        {
            add(DifferenceKind.LinkMissing, record.InterfaceName, "none");
            return findings;
        }

        if (link.Name != record.InterfaceName) add(DifferenceKind.NameChanged, record.InterfaceName, link.Name);
        if (parent is not null && link.ParentIndex != parent.Index) add(DifferenceKind.ParentChanged, parent.Name, $"if{link.ParentIndex}");
        if (!HasMode(link, nic.NetworkRecord.NicKind)) add(DifferenceKind.ModeChanged, $"{nic.NetworkRecord.NicKind}", $"{link.Kind}");
        if (nic.NetworkRecord.NicKind is MacvlanLink && !link.MacAddress.Equals(record.MacAddress))
        {
            add(
                DifferenceKind.MacAddressChanged, Link.Format(record.MacAddress), Link.Format(link.MacAddress),
                new LinkSet(link.Index, link.Name) { MacAddress = record.MacAddress });
        }

        if (link.Mtu != record.Mtu)
        {
            add(DifferenceKind.MtuChanged, $"{record.Mtu}", $"{link.Mtu}", new LinkSet(link.Index, link.Name) { Mtu = record.Mtu });
        }

        if (!link.IsUp) add(DifferenceKind.LinkDown, "up", "down", new LinkSet(link.Index, link.Name) { Up = true });
        CompareAddresses(inside, link, nic, add);
        CompareRoutes(inside, link, nic, add);
        return findings;
    }

    /// <summary>The routes that a NIC lacks. Runs on a thread in its namespace.</summary>
    /// <returns>Null if its link isn't there.</returns>
    public IReadOnlyList<NicFinding>? FindMissingRoutes(NamespaceHandle target, ContainerNic nic)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        if (_links.Find(inside, nic.Record, nic.NetworkRecord) is not Link link) return null;
        List<NicFinding> findings = [];
        if (link.IsUp) CompareRoutes(inside, link, nic, AddTo(findings, nic));
        return findings;
    }

    private static AddFinding AddTo(List<NicFinding> findings, ContainerNic nic) => (kind, expected, actual, fix) => findings.Add(new(
        new(kind, nic.ToString(), nic.Network) { Expected = expected, Actual = actual }) { Fix = fix });

    private static void CompareAddresses(RouteSocket inside, Link link, ContainerNic nic, AddFinding add)
    {
        InterfaceAddress[] actual = [.. inside.GetAddresses(link).Where(static a => a.IsGlobal).Select(static a => a.Address)];
        foreach (InterfaceAddress missing in nic.Addresses.Except(actual))
        {
            add(DifferenceKind.AddressMissing, $"{missing}", "none", new AddressAdd(link, missing));
        }

        // Addresses of other subnets are ignored; one of the network's own subnets could be allocated to another NIC.
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
        ? HostRoutes.Of(link, session.State.GetNics(nic.Record.NetworkId).Where(static n => n.State == NicRecordState.Attached))
        : NicRoutes.Of(nic.NetworkRecord, nic.Record, link);

    private static bool IsSame(RouteAdd wanted, Route actual)
    {
        if (wanted.Destination != actual.Destination || wanted.KnownMetric != actual.Metric) return false;
        // Another NIC can have the default route; that is no difference.
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

    private delegate void AddFinding(DifferenceKind kind, string expected, string actual, RouteRequest? fix = null);
}

/// <summary>A difference of a NIC, and the request that repairs it.</summary>
/// <param name="Difference">The difference.</param>
internal sealed record NicFinding(NetworkDifference Difference)
{
    /// <summary>The request that repairs it; null if it can be repaired only with a new link.</summary>
    public RouteRequest? Fix { get; init; }
}
