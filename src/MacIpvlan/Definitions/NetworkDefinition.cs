using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Makes the subnets of a request consistent, or says what is not; pure arithmetic.</summary>
internal static class NetworkDefinition
{
    private const int IdDigitsInLinkName = 12;

    /// <summary>The name of a link that a network has for itself: a prefix, and the beginning of the network's id.</summary>
    public static string OwnLinkName(string prefix, string id) => prefix + id[..IdDigitsInLinkName];

    private const int MinMtu = 68;
    private const int MinMtuIPv6 = 1280;
    private const int MaxMtu = 65535;
    private const int MaxProbeCount = 10;
    private const int MinProbeTimeout = 50;
    private const int MaxProbeTimeout = 60_000;

    /// <summary>The subnets with gateways, ranges and exclusions sorted to where they belong.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidParameter or InvalidAddress.</exception>
    public static IReadOnlyList<SubnetRecord> Check(NetworkRequest request)
    {
        LinkName.CheckNetwork(request.Name);
        if (request.NicKind is MacvlanLink macvlan) CheckOptions(macvlan);
        if (request.Probe is not null) CheckProbe(request.NicKind, request.Probe);
        CheckSubnets(request.Subnets);
        CheckMtu(request.Mtu, request.Subnets);
        if (request.RouteMetric < 0) throw new NetworkException(NetworkError.InvalidParameter, "The route metric is negative.");
        foreach (AddressValue gateway in request.Gateways) CheckGateway(request, gateway);
        foreach (NetworkRoute route in request.Routes) CheckRoute(request, route);
        foreach (AddressRange range in request.Ranges) SubnetOf(request, range, "IP range");
        foreach (AddressRange excluded in request.Excluded) SubnetOf(request, excluded, "excluded address");
        SubnetRecord[] subnets = [.. request.Subnets.Select(subnet => new SubnetRecord(
            subnet,
            GatewayOf(request, subnet),
            [.. request.Ranges.Where(r => r.IsWithin(subnet))],
            ExcludedOf(request, subnet)))];
        CheckRoutesDiffer(request, subnets);
        return subnets;
    }

    /// <summary>Checks an MTU: IPv6 needs more than IPv4 (RFC 8200 5, RFC 791).</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckMtu(int? mtu, IEnumerable<IPPrefix> subnets)
    {
        bool hasIPv6 = subnets.Any(static s => s.Family == AddressFamily.InterNetworkV6);
        int least = hasIPv6 ? MinMtuIPv6 : MinMtu;
        if (mtu < least || mtu > MaxMtu)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The MTU of a network {(hasIPv6 ? "with" : "without")} IPv6 is {least} to {MaxMtu} bytes, not {mtu}.");
        }
    }

    /// <summary>Whether a subnet for which no gateway is given takes its first address for one.</summary>
    // IPv6 routers announce themselves; a /32 has no second address to be one.
    public static bool TakesGateway(IPPrefix subnet) => subnet is { Family: AddressFamily.InterNetwork, PrefixLength: < 32 };

    private static void CheckOptions(MacvlanLink kind)
    {
        string? reason = kind.AllowedMacAddresses.Count > 0 && kind.Mode != MacvlanMode.Source
                ? "AllowedMacAddress is for mode Source alone"
            : kind.Mode == MacvlanMode.Source && kind.AllowedMacAddresses.Count == 0
                ? "mode Source needs an AllowedMacAddress: without one its NICs receive nothing"
            : kind.AllowedMacAddresses.Any(static a => a.GetAddressBytes().Length != 6)
                ? "an AllowedMacAddress does not have six bytes"
            : kind.NoPromiscuous && kind.Mode != MacvlanMode.Passthru
                ? "NoPromiscuous is for mode Passthru alone"
            : kind.BroadcastQueueLength < 0 ? "BroadcastQueueLength is negative"
            : null;
        if (reason is not null) throw new NetworkException(NetworkError.InvalidParameter, $"This cannot be a network: {reason}.");
    }

    /// <summary>Checks that addresses of NICs of a kind can be probed.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckProbe(LinkKind kind)
    {
        if (kind is MacvlanLink) return;
        // What answers a probe names no address that the kernel could tell an ipvlan NIC from its siblings by.
        throw new NetworkException(
            NetworkError.InvalidParameter,
            "Addresses of ipvlan networks cannot be probed: answers reach no NIC that has no address yet.",
            "Leave -ProbeAddress away; the kernel refuses an address that another ipvlan link of the parent has.");
    }

    private static void CheckProbe(LinkKind kind, ProbeSettings probe)
    {
        CheckProbe(kind);
        string? reason = probe.Count is < 1 or > MaxProbeCount ? $"ProbeCount is 1 to {MaxProbeCount}, not {probe.Count}"
            : probe.TimeoutMilliseconds is < MinProbeTimeout or > MaxProbeTimeout
                ? $"ProbeTimeoutMilliseconds is {MinProbeTimeout} to {MaxProbeTimeout}, not {probe.TimeoutMilliseconds}"
            : null;
        if (reason is not null) throw new NetworkException(NetworkError.InvalidParameter, $"This cannot be a network: {reason}.");
    }

    private static void CheckSubnets(IReadOnlyList<IPPrefix> subnets)
    {
        if (subnets.Count == 0) throw new NetworkException(NetworkError.InvalidParameter, "A network needs a subnet.");
        for (int i = 0; i < subnets.Count; i++)
        {
            if (IsUnassignable(subnets[i])) throw Invalid($"Hosts cannot have addresses of {subnets[i]}.");
            IPPrefix? other = subnets.Take(i).Cast<IPPrefix?>().FirstOrDefault(s => s!.Value.Overlaps(subnets[i]));
            if (other is not null)
            {
                throw new NetworkException(NetworkError.SubnetOverlap, $"The subnets {other} and {subnets[i]} overlap.");
            }
        }
    }

    // Loopback, multicast and reserved space: RFC 6890.
    private static bool IsUnassignable(IPPrefix subnet) => (subnet.Family == AddressFamily.InterNetwork
        ? (string[])["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3"]
        : ["::/127", "ff00::/8"]).Any(space => IPPrefix.Parse(space).Overlaps(subnet));

    private static void CheckGateway(NetworkRequest request, AddressValue gateway)
    {
        if (request.OnLinkGateway && !request.Subnets.Any(s => s.Contains(gateway)))
        {
            if (request.Gateways.Count(g => g.Family == gateway.Family) == 1) return;
            throw Invalid($"The gateway {gateway} is in none of the subnets, so it must be the only one of its family.");
        }

        IPPrefix subnet = SubnetOf(request, AddressRange.Of(gateway), "gateway", "Use -OnLinkGateway if it is on the link all the same.");
        if (!AddressPool.Usable(subnet).Contains(gateway))
        {
            throw Invalid($"The gateway {gateway} is not an address that a host may have in {subnet}.");
        }
    }

    private static void CheckRoute(NetworkRequest request, NetworkRoute route)
    {
        if (request.Subnets.All(s => s.Family != route.Destination.Family))
        {
            throw Invalid($"The route {route} is of a family that no subnet has.");
        }

        if (route.Metric < 0) throw Invalid($"The route {route} has a negative metric.");
        if (route.NextHop is null) return;
        AddressValue hop = AddressValue.From(route.NextHop);
        if (route.Type != NetworkRouteType.Unicast || hop.Family != route.Destination.Family)
        {
            throw Invalid($"The route {route} cannot have the next hop {hop}.");
        }

        if (request.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 })
        {
            throw Invalid($"The route {route} has a next hop, which in l3 modes nothing answers to; leave it away.");
        }

        if (!request.OnLinkGateway) SubnetOf(request, AddressRange.Of(hop), "next hop", "Use -OnLinkGateway if it is on the link all the same.");
    }

    // The kernel takes a destination once with each metric, and says so only when a NIC is connected.
    private static void CheckRoutesDiffer(NetworkRequest request, IEnumerable<SubnetRecord> subnets)
    {
        HashSet<(IPPrefix, int)> defaults = request.IsIsolated || request.NoDefaultRoute ? [] :
        [
            .. subnets.Where(s => s.Gateway is not null || request.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 })
                .Select(s => IPPrefix.Containing(s.Prefix.First, 0)).Select(d => (d, MetricOf(d, request.RouteMetric))),
        ];
        HashSet<(IPPrefix, int)> seen = [];
        foreach (NetworkRoute route in request.Routes)
        {
            (IPPrefix, int) key = (route.Destination, MetricOf(route.Destination, route.Metric));
            if (defaults.Contains(key))
            {
                throw new NetworkException(
                    NetworkError.InvalidParameter,
                    $"The route {route} is the default route, which NICs of the network get of themselves.",
                    "Say where it leads with -Gateway, leave theirs away with -NoDefaultRoute, or give this one another metric.");
            }

            if (seen.Add(key)) continue;
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The route {route} has the destination and metric of another one.",
                "Give each a metric of its own: the lowest is used first.");
        }
    }

    // Without a metric, the kernel takes 0 for IPv4, and for IPv6 what zero means there too (IP6_RT_PRIO_USER).
    private static int MetricOf(IPPrefix destination, int? metric)
    {
        const int DefaultMetricIPv6 = 1024;
        return destination.Family == AddressFamily.InterNetworkV6 && metric is null or 0 ? DefaultMetricIPv6 : metric ?? 0;
    }

    private static IPPrefix SubnetOf(NetworkRequest request, AddressRange range, string what, string? action = null)
    {
        foreach (IPPrefix subnet in request.Subnets)
        {
            if (range.IsWithin(subnet)) return subnet;
        }

        throw new NetworkException(
            NetworkError.InvalidAddress,
            $"The {what} {range} is in none of the subnets {string.Join(", ", request.Subnets)}.",
            action);
    }

    // Next hops of routes are others' addresses, as the gateway is.
    private static AddressRange[] ExcludedOf(NetworkRequest request, IPPrefix subnet)
    {
        AddressRange[] given = [.. request.Excluded.Where(r => r.IsWithin(subnet))];
        return
        [
            .. given,
            .. request.Routes.Where(static r => r.NextHop is not null).Select(static r => AddressValue.From(r.NextHop!))
                .Where(hop => subnet.Contains(hop) && !given.Any(r => r.Contains(hop))).Distinct().Select(AddressRange.Of),
        ];
    }

    private static AddressValue? GatewayOf(NetworkRequest request, IPPrefix subnet)
    {
        AddressValue[] given = [.. request.Gateways.Where(subnet.Contains)];
        if (given.Length > 1) throw Invalid($"The subnet {subnet} has two gateways, {given[0]} and {given[1]}.");
        if (given.Length == 1) return given[0];
        AddressValue[] outside = [.. request.Gateways.Where(
            g => g.Family == subnet.Family && !request.Subnets.Any(s => s.Contains(g)))];
        if (outside.Length == 1) return outside[0];
        return TakesGateway(subnet) && !request.NoGateway ? AddressPool.Usable(subnet).First : null;
    }

    private static NetworkException Invalid(string message) => new(NetworkError.InvalidAddress, message);
}
