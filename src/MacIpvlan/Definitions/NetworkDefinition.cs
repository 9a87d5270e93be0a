using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Checks the settings of a request against each other, without looking at the host.</summary>
internal static class NetworkDefinition
{
    private const int IdDigitsInLinkName = 12;
    private const string MacvlanDummy = "dm-";
    private const string IpvlanDummy = "di-";

    /// <summary>
    /// The name of a link that belongs to one network: a prefix, and the first digits of the network's id.
    /// </summary>
    public static string OwnLinkName(string prefix, string id) => prefix + id[..IdDigitsInLinkName];

    /// <summary>The name of the dummy link of a network without a parent.</summary>
    public static string DummyName(LinkKind kind, string id) => OwnLinkName(kind is MacvlanLink ? MacvlanDummy : IpvlanDummy, id);

    /// <summary>Whether a name is one that the dummy links of networks have.</summary>
    public static bool IsDummyName(string name) =>
        name.Length == MacvlanDummy.Length + IdDigitsInLinkName && (name.StartsWith(MacvlanDummy, StringComparison.Ordinal)
            || name.StartsWith(IpvlanDummy, StringComparison.Ordinal)) && name[^IdDigitsInLinkName..].All(char.IsAsciiHexDigitLower);

    /// <summary>Whether a network sits on a dummy link of its own.</summary>
    public static bool HasOwnLink(NetworkRecord network) => network.Parent == DummyName(network.NicKind, network.Id);

    private const int MinMtu = 68;
    private const int MinMtuDhcp = 576;
    private const int MinMtuIPv6 = 1280;
    private const int MaxMtu = 65535;
    private const int MaxProbeCount = 10;
    private const int MinProbeTimeout = 50;
    private const int MaxProbeTimeout = 60_000;
    private static readonly IPPrefix s_defaultIPv4 = IPPrefix.Parse("0.0.0.0/0");

    /// <summary>Assigns gateways, ranges and exclusions to the subnets that contain them.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidParameter or InvalidAddress.</exception>
    public static IReadOnlyList<SubnetRecord> Check(NetworkRequest request)
    {
        LinkName.CheckNetwork(request.Name);
        if (request.NicKind is MacvlanLink macvlan) CheckOptions(macvlan);
        if (request.Probe is not null) CheckProbe(request.NicKind, request.Probe);
        SegmentRules.Check(request);
        DhcpRules.Check(request);
        PrefixIndex index = CheckSubnets(request);
        CheckMtu(request.Mtu, HasIPv6(request.Subnets, request.RouterAdvertisement), request.Dhcp is not null);
        CheckBandwidth(request.Bandwidth, request.NicKind);
        if (request.RouteMetric < 0) throw new NetworkException(
            NetworkError.InvalidParameter, "RouteMetric can't be negative.", "Use 0 or more; the route with the lowest metric is used first.");
        if (request.InterfaceIdentifier is not null) CheckIdentifier(request);
        NicSysctl.InOrder(request.Sysctls);
        CheckGateways(request, index);
        CheckRoutes(request, index);
        SubnetRecord[] subnets = Assign(request, index);
        CheckRoutesDiffer(request, subnets);
        return subnets;
    }

    // Everything is looked up by its subnet, because a definition can have thousands of each.
    private static SubnetRecord[] Assign(NetworkRequest request, PrefixIndex index)
    {
        ILookup<IPPrefix, AddressRange> ranges = request.Ranges.ToLookup(r => SubnetOf(request, index, r, "IP range"));
        ILookup<IPPrefix, AddressRange> excluded = request.Excluded.ToLookup(r => SubnetOf(request, index, r, "excluded address"));
        ILookup<IPPrefix?, AddressValue> gateways = request.Gateways.ToLookup(index.Containing);
        // At most one of each family.
        AddressValue[] outside = [.. gateways[null]];
        ILookup<IPPrefix?, AddressValue> hops = request.Routes.Where(static r => r.NextHop is not null)
            .Select(static r => AddressValue.From(r.NextHop!)).Distinct().ToLookup(index.Containing);
        return [.. request.Subnets.Select(subnet => new SubnetRecord(
            subnet,
            GatewayOf(request, subnet, [.. gateways[subnet]], outside.Where(g => g.Family == subnet.Family)),
            [.. ranges[subnet]],
            ExcludedOf([.. excluded[subnet]], hops[subnet])))];
    }

    /// <summary>Whether NICs of a network can have IPv6 addresses of the network or of its routers.</summary>
    public static bool HasIPv6(IEnumerable<IPPrefix> subnets, RouterAdvertisement? routers) =>
        routers == RouterAdvertisement.Accept || subnets.Any(static s => s.Family == AddressFamily.InterNetworkV6);

    /// <summary>
    /// Checks an MTU. IPv6 and DHCP require higher minimums than IPv4 (RFC 8200 5, RFC 2131 2, RFC 791).
    /// </summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckMtu(int? mtu, bool hasIPv6, bool hasDhcp = false)
    {
        int least = hasIPv6 ? MinMtuIPv6 : hasDhcp ? MinMtuDhcp : MinMtu;
        if (mtu < least || mtu > MaxMtu)
        {
            string what = hasIPv6 ? "with IPv6" : hasDhcp ? "with DHCP" : "without IPv6";
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The MTU of a network {what} must be from {least} to {MaxMtu} bytes, not {mtu}.",
                "Omit the MTU to use the parent's, which ip link show shows.");
        }
    }

    /// <summary>Checks the limits of NICs.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckBandwidth(BandwidthLimits limits, LinkKind kind)
    {
        if (limits.Problem is string problem)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The bandwidth isn't valid: {problem}.",
                "Omit -BandwidthBurst to have it follow from the rate and the MTU.");
        }

        // ipvlan_nf_input: what the parent receives goes to the NIC's sockets after the qdiscs of links have seen it.
        if (kind is not IpvlanLink { Mode: IpvlanMode.L3S } || limits.In is not { BitsPerSecond: > 0 }) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            "What NICs receive can't be limited in mode L3S: it doesn't pass their links.",
            "Use mode L3, or specify only -MaximumBandwidthOut.");
    }

    /// <summary>Whether a subnet uses its first address as the gateway if none is specified.</summary>
    // IPv6 routers usually have a link-local address, and a /32 has no second address.
    public static bool TakesGateway(IPPrefix subnet) => subnet is { Family: AddressFamily.InterNetwork, PrefixLength: < 32 };

    private static void CheckOptions(MacvlanLink kind)
    {
        string? reason = kind.AllowedMacAddresses.Count > 0 && kind.Mode != MacvlanMode.Source
                ? "AllowedMacAddress requires mode Source"
            : kind.Mode == MacvlanMode.Source && kind.AllowedMacAddresses.Count == 0
                ? "mode Source requires AllowedMacAddress, because its NICs receive nothing without it"
            : kind.AllowedMacAddresses.Any(static a => a.GetAddressBytes().Length != 6)
                ? "a value of AllowedMacAddress doesn't have six bytes"
            : kind.NoPromiscuous && kind.Mode != MacvlanMode.Passthru
                ? "NoPromiscuous requires mode Passthru"
            : kind.BroadcastQueueLength < 0 ? "BroadcastQueueLength can't be negative"
            : null;
        if (reason is not null) throw new NetworkException(
            NetworkError.InvalidParameter,
            $"The network's settings aren't valid: {reason}.",
            "Get-Help New-MacvlanNetwork -Parameter * says which settings each mode has.");
    }

    /// <summary>Checks that a kind of NIC supports address probes.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckProbe(LinkKind kind)
    {
        if (kind is MacvlanLink) return;
        // The kernel delivers by IP address to ipvlan NICs, and the answer to a probe doesn't contain the NIC's
        // address.
        throw new NetworkException(
            NetworkError.InvalidParameter,
            "Addresses of ipvlan networks can't be probed, because answers don't reach a NIC without an address.",
            "Omit -ProbeAddress. The kernel refuses an address that another ipvlan link of the parent has.");
    }

    private static void CheckProbe(LinkKind kind, ProbeSettings probe)
    {
        CheckProbe(kind);
        string? reason = probe.Count is < 1 or > MaxProbeCount
                ? $"ProbeCount must be from 1 to {MaxProbeCount}, not {probe.Count}"
            : probe.TimeoutMilliseconds is < MinProbeTimeout or > MaxProbeTimeout
                ? $"ProbeTimeoutMilliseconds must be from {MinProbeTimeout} to {MaxProbeTimeout}, "
                    + $"not {probe.TimeoutMilliseconds}"
            : null;
        if (reason is not null) throw new NetworkException(
            NetworkError.InvalidParameter,
            $"The network's settings aren't valid: {reason}.",
            "Omit both for the usual probes, of which three are sent in 600 milliseconds.");
    }

    /// <summary>Whether NICs receive router advertisements and accept them. In l3 modes, there is no multicast.</summary>
    public static bool TakesAdvertisements(LinkKind kind, RouterAdvertisement? routers) =>
        routers == RouterAdvertisement.Accept && kind is not IpvlanLink { Mode: not IpvlanMode.L2 };

    /// <summary>Checks that NICs of a network can have an interface identifier.</summary>
    /// <param name="identifier">The identifier.</param>
    /// <param name="network">The network's name.</param>
    /// <param name="kind">The kind of its NICs.</param>
    /// <param name="routers">What they do with router advertisements.</param>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckIdentifier(InterfaceIdentifier identifier, string network, LinkKind kind, RouterAdvertisement? routers)
    {
        (string Reason, string Action)? refusal =
            routers != RouterAdvertisement.Accept ? (
                $"NICs of '{network}' don't configure addresses from router advertisements",
                "Omit -InterfaceIdentifier, or use a network with -RouterAdvertisement Accept.")
            : !TakesAdvertisements(kind, routers) ? (
                "in l3 modes, NICs receive no router advertisements", "Omit -InterfaceIdentifier, or use mode L2.")
            // addrconf_ifid_eui48 in include/net/addrconf.h.
            : kind is IpvlanLink && identifier == InterfaceIdentifier.Eui64 ? (
                "ipvlan NICs share the MAC address of their parent, and the kernel tells them apart by a number that it gives "
                + "in the order of creation, so a restored NIC would get another address",
                "Use StablePrivacy, or connect the NIC with a token such as ::1234.")
            : null;
        if (refusal is null) return;
        throw new NetworkException(
            NetworkError.InvalidParameter, $"The interface identifier {identifier} can't be used: {refusal.Value.Reason}.", refusal.Value.Action);
    }

    private static void CheckIdentifier(NetworkRequest request)
    {
        CheckIdentifier(request.InterfaceIdentifier!, request.Name, request.NicKind, request.RouterAdvertisement);
        if (request.InterfaceIdentifier!.Token is null) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            $"The interface identifier {request.InterfaceIdentifier} can't be used: with a token, all NICs of '{request.Name}' would get the same address.",
            "Specify it when you connect a NIC: Connect-ContainerNic -InterfaceIdentifier.");
    }

    private static PrefixIndex CheckSubnets(NetworkRequest request)
    {
        IReadOnlyList<IPPrefix> subnets = request.Subnets;
        if (subnets.Count == 0 && request.Dhcp is null) throw new NetworkException(
            NetworkError.InvalidParameter,
            "A network needs a subnet or DHCP.",
            "Specify a subnet for each address family (-Subnet 192.168.50.0/24), or use -Dhcp if a DHCP server assigns the addresses.");
        foreach (IPPrefix subnet in subnets)
        {
            if (AddressPool.Unassignable.Any(space => space.Overlaps(subnet))) throw Invalid(
                $"The subnet {subnet.Typed} includes addresses that hosts can't have.");
        }

        PrefixIndex index = new(subnets);
        if (index.Overlap is not (IPPrefix one, IPPrefix other)) return index;
        throw new NetworkException(NetworkError.SubnetOverlap, $"The subnets {one.Typed} and {other.Typed} overlap.");
    }

    private static void CheckGateways(NetworkRequest request, PrefixIndex index)
    {
        int ofIPv4 = request.Gateways.Count(static g => g.Family == AddressFamily.InterNetwork);
        foreach (AddressValue gateway in request.Gateways)
        {
            int ofFamily = gateway.Family == AddressFamily.InterNetwork ? ofIPv4 : request.Gateways.Count - ofIPv4;
            CheckGateway(request, index, gateway, isOnly: ofFamily == 1);
        }
    }

    private static void CheckGateway(NetworkRequest request, PrefixIndex index, AddressValue gateway, bool isOnly)
    {
        if (IsOnLink(request, gateway) && index.Containing(gateway) is null)
        {
            if (isOnly) return;
            throw Invalid(
                $"The gateway {gateway.Typed} is outside the subnets, so it must be the only gateway of its family.");
        }

        IPPrefix subnet = SubnetOf(
            request, index, AddressRange.Of(gateway), "gateway", "Use -OnLinkGateway if it's on the link.");
        if (!AddressPool.Usable(subnet).Contains(gateway))
        {
            throw Invalid($"The gateway {gateway.Typed} isn't an address that a host can have in {subnet.Typed}.");
        }
    }

    private static void CheckRoutes(NetworkRequest request, PrefixIndex index)
    {
        foreach (NetworkRoute route in request.Routes)
        {
            // PowerShell also makes a route of a hashtable that lacks it.
            if (route.Destination is null) throw Invalid("A route has no destination.");
            if (!request.Addresses.Has(route.Destination.Family))
            {
                throw Invalid($"The network has no subnet of the address family of the route {route.Typed}.");
            }

            CheckRoute(request, index, route);
        }
    }

    private static void CheckRoute(NetworkRequest request, PrefixIndex index, NetworkRoute route)
    {
        if (route.Metric < 0) throw Invalid($"The route {route.Typed} has a negative metric.");
        if (route.NextHop is null) return;
        AddressValue hop = AddressValue.From(route.NextHop);
        if (route.Type != NetworkRouteType.Unicast || hop.Family != route.Destination.Family)
        {
            throw Invalid($"The route {route.Typed} can't have the next hop {route.NextHop}.");
        }

        if (request.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 })
        {
            throw Invalid(
                $"The route {route.Typed} has a next hop, but nothing answers for next hops in l3 modes. Omit the next hop.");
        }

        if (!IsOnLink(request, hop)) SubnetOf(
            request, index, AddressRange.Of(hop), "next hop", "Use -OnLinkGateway if it's on the link.");
    }

    // A link-local address is on the link by definition (RFC 4291 2.5.6). The subnet of a lease is known only with the lease.
    private static bool IsOnLink(NetworkRequest request, AddressValue hop) =>
        request.OnLinkGateway || hop.IsLinkLocal || request.Addresses.IsDhcp(hop.Family);

    // The kernel accepts a destination only once per metric, and would refuse a duplicate only when a NIC is connected.
    private static void CheckRoutesDiffer(NetworkRequest request, IEnumerable<SubnetRecord> subnets)
    {
        HashSet<RouteKey> defaults = request.IsInternal || request.NoDefaultRoute ? [] :
        [
            .. subnets.Where(s => s.Gateway is not null || request.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 })
                .Select(s => IPPrefix.Containing(s.Prefix.First, 0)).Concat(request.Dhcp is null ? [] : [s_defaultIPv4])
                .Select(d => new RouteKey(d, MetricOf(d, request.RouteMetric))),
        ];
        HashSet<RouteKey> seen = [];
        foreach (NetworkRoute route in request.Routes)
        {
            RouteKey key = new(route.Destination, MetricOf(route.Destination, route.Metric));
            if (defaults.Contains(key))
            {
                throw new NetworkException(
                    NetworkError.InvalidParameter,
                    $"The route {route.Typed} is the default route, which NICs of the network get automatically.",
                    (request.Addresses.IsDhcp(route.Destination.Family) ? "" : "Specify the gateway with -Gateway, ")
                    + "turn the automatic route off with -NoDefaultRoute, or use another metric.");
            }

            if (request.Subnets.Contains(route.Destination))
            {
                throw new NetworkException(
                    NetworkError.InvalidParameter,
                    $"The route {route.Typed} goes to a subnet of the network, to which NICs have a route through their interfaces.",
                    "Omit it, or specify a part of the subnet.");
            }

            if (seen.Add(key)) continue;
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The route {route.Typed} has the same destination and metric as another route.",
                "Use a different metric for each route. The lowest metric is used first.");
        }
    }

    // Without a metric, the kernel uses 0 for IPv4. For IPv6, none and 0 both mean IP6_RT_PRIO_USER.
    private static int MetricOf(IPPrefix destination, int? metric)
    {
        const int DefaultMetricIPv6 = 1024;
        return destination.Family == AddressFamily.InterNetworkV6 && metric is null or 0 ? DefaultMetricIPv6 : metric ?? 0;
    }

    private static IPPrefix SubnetOf(
        NetworkRequest request, PrefixIndex index, AddressRange range, string what, string? action = null) =>
        index.Containing(range) ?? throw new NetworkException(
            NetworkError.InvalidAddress,
            request.Subnets.Count == 0 ? $"The {what} {range.Typed} isn't in any subnet: the network has none."
                : $"The {what} {range.Typed} is outside the network's subnets "
                    + $"({Phrase.NameSome([.. request.Subnets.Select(static s => s.Typed)])}).",
            action);

    // Next hops of routes are addresses of routers, as the gateway is.
    private static AddressRange[] ExcludedOf(AddressRange[] given, IEnumerable<AddressValue> hops)
    {
        RangeIndex excluded = new(given);
        return [.. given, .. hops.Where(h => !excluded.Contains(h)).Select(AddressRange.Of)];
    }

    private static AddressValue? GatewayOf(
        NetworkRequest request, IPPrefix subnet, AddressValue[] given, IEnumerable<AddressValue> outside)
    {
        if (given.Length > 1) throw Invalid($"The subnet {subnet.Typed} has two gateways, {given[0].Typed} and {given[1].Typed}.");
        if (given.Length == 1) return given[0];
        if (outside.Take(2).ToArray() is [AddressValue only]) return only;
        return TakesGateway(subnet) && !request.NoGateway ? AddressPool.Usable(subnet).First : null;
    }

    private static NetworkException Invalid(string message) => new(NetworkError.InvalidAddress, message);
}
