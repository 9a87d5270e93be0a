using System.Net.Sockets;
using System.Text.Json.Nodes;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>
/// The part "ipam" of a CNI configuration, for the plugin host-local: what addresses and routes NICs get. It hands out one
/// address of each set of ranges, and skips the gateway, which is the subnet's first address where none is given.
/// </summary>
internal static class CniAddresses
{
    private const string HostLocal = "host-local";

    // As next hop, it stands for none: without one, the plugins take the gateway.
    private const string OnLink = "0.0.0.0";

    // RT_SCOPE_LINK of linux/rtnetlink.h: a gateway must be nearer than what is behind it.
    private const int ScopeLink = 253;
    private static readonly AddressValue s_onLink = AddressValue.Parse(OnLink);
    private static readonly AddressFamily[] s_families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>Writes a network's subnets and routes.</summary>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static JsonObject Write(NetworkRequest network, Action<string> warn)
    {
        IPPrefix? small = network.Subnets.Cast<IPPrefix?>().FirstOrDefault(static s => s!.Value.First.Bits - s.Value.PrefixLength < 2);
        if (small is not null) throw MissingCounterparts.Refuse(network, HostLocal, $"it hands out nothing of {small}");
        // Each NIC gets one address of each family, from the first subnet that has one free.
        JsonNode[] sets = [.. s_families.Select(f => network.Subnets.Where(s => s.Family == f).SelectMany(s => WriteRanges(network, s)).ToArray())
            .Where(static s => s.Length > 0).Select(static s => new JsonArray(s))];
        if (sets.Length == 0) throw MissingCounterparts.Refuse(network, HostLocal, "all its addresses are excluded");
        if (network.NoGateway) warn($"'{network.Name}': {HostLocal} has no counterpart of {NoGateway}: it keeps the first address free all the same.");
        JsonObject ipam = new() { ["type"] = HostLocal, ["ranges"] = new JsonArray(sets) };
        JsonNode[] routes = [.. WriteRoutes(network, warn)];
        if (routes.Length > 0) ipam["routes"] = new JsonArray(routes);
        if (network.RouteMetric is not null || network.Routes.Any(static r => r.Metric is not null))
        {
            warn($"'{network.Name}': CNI's plugins know metrics of routes from version 1.6 on.");
        }

        return ipam;
    }

    /// <summary>Reads subnets and routes into a network of that name and kind, which lacks all else.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest Read(DefinitionReader ipam, string name, LinkKind kind, Action<string> warn)
    {
        string type = ipam.Need("type");
        if (type != HostLocal) throw ipam.Wrong("type", $"is {type}, which has no counterpart here; only {HostLocal} has");
        List<DefinitionReader> ranges = ReadRanges(ipam, name, warn);
        IPPrefix[] subnets = [.. ranges.Select(SubnetOf).Distinct()];
        CniRoute[] routes = [.. ipam.Objects("routes").Select(static r => new CniRoute(
            r.Need("dst", IPPrefix.Parse), r.Value("gw", AddressValue.Parse), r.Number("priority"), r.Number("scope") == ScopeLink))];
        AddressValue?[] gateways = [.. subnets.Select(s => GatewayOf(s, ranges, routes))];
        NetworkRequest network = new()
        {
            Name = name,
            NicKind = kind,
            Subnets = subnets,
            Gateways = [.. gateways.OfType<AddressValue>().Distinct()],
            OnLinkGateway = gateways.Any(g => g is not null && !subnets.Any(s => s.Contains(g.Value))),
            Ranges = [.. ranges.Select(static r => r.Range("rangeStart", "rangeEnd", SubnetOf(r))).OfType<AddressRange>()],
        };
        return ReadRoutes(network, routes);
    }

    private static List<DefinitionReader> ReadRanges(DefinitionReader ipam, string name, Action<string> warn)
    {
        List<DefinitionReader> ranges = [];
        // Old configurations have one range, before the sets.
        IReadOnlyList<IReadOnlyList<DefinitionReader>> sets = [.. ipam.Has("subnet") ? [[ipam]] : Array.Empty<DefinitionReader[]>(), .. ipam.Lists("ranges")];
        foreach (IReadOnlyList<DefinitionReader> set in sets.Where(static s => s.Count > 0))
        {
            AddressFamily family = SubnetOf(set[0]).Family;
            if (ranges.Exists(r => SubnetOf(r).Family == family))
            {
                warn($"'{name}': a second address of a family has no counterpart here; NICs get one of all the ranges.");
            }

            ranges.AddRange(set);
        }

        return ranges;
    }

    // The default routes are ours if they are as we make them for all families; else each is a route like others.
    private static NetworkRequest ReadRoutes(NetworkRequest network, CniRoute[] routes)
    {
        bool isL3 = IsL3(network);
        CniRoute[] defaults = [.. routes.Where(static r => r.IsDefault)];
        bool areUsual = defaults.Select(static r => r.Metric).Distinct().Count() == 1 && s_families.All(IsUsual);
        return network with
        {
            NoDefaultRoute = !areUsual,
            RouteMetric = areUsual ? defaults[0].Metric : null,
            Routes = [.. routes.Where(r => !(areUsual && r.IsDefault) && !IsWayToGateway(r)).Select(Read)],
        };

        bool IsUsual(AddressFamily family)
        {
            CniRoute[] own = [.. defaults.Where(r => r.Destination.Family == family)];
            AddressValue? gateway = GatewayOf(family);
            bool hasDefault = network.Subnets.Any(s => s.Family == family) && (isL3 || gateway is not null);
            return hasDefault ? own.Length == 1 && (isL3 || own[0].Hop is null || own[0].Hop == gateway) : own.Length == 0;
        }

        AddressValue? GatewayOf(AddressFamily family) => network.Gateways.Cast<AddressValue?>().FirstOrDefault(g => g!.Value.Family == family);

        bool IsWayToGateway(CniRoute route) => network.OnLinkGateway && route.IsOnLink
            && network.Gateways.Any(g => route.Destination == IPPrefix.Containing(g, g.Bits));

        // Without a next hop, the plugins take the gateway; in l3 modes there is none to answer.
        NetworkRoute Read(CniRoute route) => new()
        {
            Destination = route.Destination,
            NextHop = isL3 || route.IsOnLink ? null : (route.Hop ?? GatewayOf(route.Destination.Family))?.ToIPAddress(),
            Metric = route.Metric,
        };
    }

    private static IPPrefix SubnetOf(DefinitionReader range) => range.Need("subnet", IPPrefix.Parse);

    private static IEnumerable<JsonNode> WriteRanges(NetworkRequest network, IPPrefix subnet)
    {
        AddressValue? gateway = GatewayOf(network, subnet);
        AddressRange[] given = [.. network.Ranges.Where(r => r.IsWithin(subnet))];
        AddressRange[] excluded = [.. network.Excluded.Where(r => r.IsWithin(subnet))];
        if (given.Length == 0 && excluded.Length == 0)
        {
            yield return WriteRange(subnet, null, gateway);
            yield break;
        }

        foreach (AddressRange range in AddressPool.Allocatable(subnet, given, excluded)) yield return WriteRange(subnet, range, gateway);
    }

    private static JsonObject WriteRange(IPPrefix subnet, AddressRange? range, AddressValue? gateway)
    {
        JsonObject entry = new() { ["subnet"] = subnet.ToString() };
        if (range is not null)
        {
            entry["rangeStart"] = range.Value.First.ToString();
            entry["rangeEnd"] = range.Value.Last.ToString();
        }

        if (gateway is not null) entry["gateway"] = gateway.Value.ToString();
        return entry;
    }

    private static IEnumerable<JsonNode> WriteRoutes(NetworkRequest network, Action<string> warn)
    {
        bool isL3 = IsL3(network);
        foreach (AddressFamily family in network.NoDefaultRoute ? [] : s_families)
        {
            IPPrefix[] subnets = [.. network.Subnets.Where(s => s.Family == family)];
            AddressValue? gateway = subnets.Select(s => GatewayOf(network, s)).FirstOrDefault(static g => g is not null);
            if (subnets.Length == 0 || (gateway is null && !isL3)) continue;
            bool isOutside = gateway is not null && !subnets.Any(s => s.Contains(gateway.Value));
            if (isOutside && !isL3 && family == AddressFamily.InterNetwork)
            {
                JsonObject way = WriteRoute(IPPrefix.Containing(gateway!.Value, gateway.Value.Bits), OnLink, null);
                way["scope"] = ScopeLink;
                warn($"'{network.Name}': CNI's plugins know {OnLinkGateway} from version 1.6 on; earlier ones make no NIC.");
                yield return way;
            }

            string? hop = isL3 && family == AddressFamily.InterNetwork ? OnLink : null;
            yield return WriteRoute(IPPrefix.Containing(subnets[0].First, 0), hop, network.RouteMetric);
        }

        foreach (NetworkRoute route in network.Routes)
        {
            bool isIPv4 = route.Destination.Family == AddressFamily.InterNetwork;
            // IPv6 has no address that stands for none; in l3 modes the gateway is as good.
            if (route.Type == NetworkRouteType.Unicast && (route.NextHop is not null || isIPv4 || isL3))
            {
                yield return WriteRoute(route.Destination, route.NextHop?.ToString() ?? (isIPv4 ? OnLink : null), route.Metric);
            }
            else warn($"'{network.Name}': CNI has no counterpart of {Route} ({route}), which is left out.");
        }
    }

    private static JsonObject WriteRoute(IPPrefix destination, string? hop, int? metric)
    {
        JsonObject route = new() { ["dst"] = destination.ToString() };
        if (hop is not null) route["gw"] = hop;
        if (metric is not null) route["priority"] = metric;
        return route;
    }

    private static AddressValue? GatewayOf(NetworkRequest network, IPPrefix subnet)
    {
        AddressValue[] own = [.. network.Gateways.Where(subnet.Contains)];
        if (own.Length > 0) return own[0];
        AddressValue[] outside = [.. network.Gateways.Where(g => g.Family == subnet.Family && !network.Subnets.Any(s => s.Contains(g)))];
        return outside.Length > 0 ? outside[0] : null;
    }

    // Where none is given, the first address is kept free; an IPv6 subnet has it for a gateway if a route needs one.
    private static AddressValue? GatewayOf(IPPrefix subnet, IEnumerable<DefinitionReader> ranges, CniRoute[] routes)
    {
        // Each range of a subnet tells it; all are looked at.
        AddressValue[] told = [.. ranges.Where(r => SubnetOf(r) == subnet).Select(static r => r.Value("gateway", AddressValue.Parse)).OfType<AddressValue>().Distinct()];
        if (told.Length > 1) throw DefinitionReader.Invalid("ipam.ranges", $"has two gateways for {subnet}, {told[0]} and {told[1]}");
        bool isNeeded = subnet.Family == AddressFamily.InterNetwork || routes.Any(r => r.Destination.Family == subnet.Family && r.Hop is null);
        return told.Length > 0 ? told[0] : isNeeded ? AddressPool.Usable(subnet).First : null;
    }

    private static bool IsL3(NetworkRequest network) => network.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 };

    private readonly record struct CniRoute(IPPrefix Destination, AddressValue? Hop, int? Metric, bool IsOfLink)
    {
        public bool IsOnLink => IsOfLink || Hop == s_onLink;

        public bool IsDefault => Destination.PrefixLength == 0;
    }
}
