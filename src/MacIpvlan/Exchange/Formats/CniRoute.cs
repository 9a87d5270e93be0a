using System.Net.Sockets;
using System.Text.Json.Nodes;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>A route of a CNI configuration. Without a next hop, the plugins use the gateway.</summary>
/// <param name="Destination">The destination.</param>
/// <param name="Hop">The next hop.</param>
/// <param name="Metric">The metric.</param>
/// <param name="IsOfLink">Whether its scope is link.</param>
internal sealed record CniRoute(IPPrefix Destination, AddressValue? Hop, int? Metric, bool IsOfLink)
{
    // The value that means no next hop.
    private const string OnLink = "0.0.0.0";

    // RT_SCOPE_LINK of linux/rtnetlink.h: a gateway must have a narrower scope than the route through it.
    private const int ScopeLink = 253;

    private static readonly AddressValue s_onLink = AddressValue.Parse(OnLink);

    private bool IsOnLink => IsOfLink || Hop == s_onLink;

    private bool IsDefault => Destination.PrefixLength == 0;

    /// <summary>Writes the default routes of a network and its own routes.</summary>
    public static IEnumerable<JsonNode> Write(NetworkRequest network, Action<string> warn)
    {
        if (network.RouteMetric is not null || network.Routes.Any(static r => r.Metric is not null))
        {
            warn($"'{network.Name}': the CNI plugins support route metrics from version 1.6 on.");
        }

        AddressFamily[] families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];
        return [
            .. network.NoDefaultRoute || network.Internal ? [] : families.SelectMany(f => WriteDefault(network, f, warn)),
            .. network.Routes.SelectMany(r => WriteOwn(network, r, warn)),
        ];
    }

    /// <summary>Reads a route.</summary>
    public static CniRoute Read(DefinitionReader route) => new(
        route.NeedSubnet("dst"),
        route.Address("gw", AddressValue.Parse),
        route.Number("priority"),
        route.Number("scope") == ScopeLink);

    /// <summary>
    /// Adds routes to a network that already has subnets and gateways. If the default routes are the ones that the
    /// network makes for all its address families, they count as the network's own; otherwise each one is an ordinary
    /// route.
    /// </summary>
    public static NetworkRequest Into(NetworkRequest network, IReadOnlyList<CniRoute> routes)
    {
        CniRoute[] defaults = [.. routes.Where(static r => r.IsDefault)];
        bool areUsual = defaults.Select(static r => r.Metric).Distinct().Count() == 1
            && IsUsual(AddressFamily.InterNetwork) && IsUsual(AddressFamily.InterNetworkV6);
        // Looked up once, because both can be many.
        Dictionary<AddressFamily, AddressValue?> gateways = new()
        {
            [AddressFamily.InterNetwork] = GatewayOf(network, AddressFamily.InterNetwork),
            [AddressFamily.InterNetworkV6] = GatewayOf(network, AddressFamily.InterNetworkV6),
        };
        HashSet<IPPrefix> ways = network.OnLinkGateway ? [.. network.Gateways.Select(static g => IPPrefix.Containing(g, g.Bits))] : [];
        return network with
        {
            NoDefaultRoute = !areUsual,
            RouteMetric = areUsual ? defaults[0].Metric : null,
            Routes = [.. routes.Where(r => !(areUsual && r.IsDefault) && !(r.IsOnLink && ways.Contains(r.Destination)))
                .Select(r => r.For(network, gateways[r.Destination.Family]))],
        };

        bool IsUsual(AddressFamily family)
        {
            CniRoute[] own = [.. defaults.Where(r => r.Destination.Family == family)];
            AddressValue? gateway = GatewayOf(network, family);
            bool hasDefault = network.Subnets.Any(s => s.Family == family) && (IsL3(network) || gateway is not null);
            return !hasDefault ? own.Length == 0
                : own.Length == 1 && (IsL3(network) || own[0].Hop is null || own[0].Hop == gateway);
        }
    }

    // The l3 modes have no link layer, so no next hop could answer.
    private NetworkRoute For(NetworkRequest network, AddressValue? gateway) => new()
    {
        Destination = Destination,
        NextHop = IsL3(network) || IsOnLink ? null : (Hop ?? gateway)?.ToIPAddress(),
        Metric = Metric,
    };

    private static IEnumerable<JsonNode> WriteDefault(NetworkRequest network, AddressFamily family, Action<string> warn)
    {
        if (network.Subnets.All(s => s.Family != family)) yield break;
        bool isIPv4 = family == AddressFamily.InterNetwork;
        AddressValue? gateway = GatewayOf(network, family);
        if (!IsL3(network))
        {
            if (gateway is null) yield break;
            bool isOutside = !network.Subnets.Any(s => s.Contains(gateway));
            if (isOutside && isIPv4)
            {
                warn($"'{network.Name}': the CNI plugins support {OnLinkGateway} ({gateway}) from version 1.6 on; "
                    + "earlier ones can't create the NIC.");
                JsonObject way = Write(IPPrefix.Containing(gateway, gateway.Bits), OnLink, null);
                way["scope"] = ScopeLink;
                yield return way;
            }
            else if (isOutside && !gateway.ToIPAddress().IsIPv6LinkLocal)
            {
                warn($"'{network.Name}': CNI has no counterpart of {OnLinkGateway} ({gateway}); that default route is left out.");
                yield break;
            }
        }

        IPPrefix everywhere = IPPrefix.Containing(network.Subnets.First(s => s.Family == family).First, 0);
        yield return Write(everywhere, IsL3(network) && isIPv4 ? OnLink : null, network.RouteMetric);
    }

    private static IEnumerable<JsonNode> WriteOwn(NetworkRequest network, NetworkRoute route, Action<string> warn)
    {
        bool isIPv4 = route.Destination.Family == AddressFamily.InterNetwork;
        // IPv6 has no value that means no next hop; in the l3 modes, the gateway works too.
        if (route.Type == NetworkRouteType.Unicast && (route.NextHop is not null || isIPv4 || IsL3(network)))
        {
            yield return Write(route.Destination, route.NextHop?.ToString() ?? (isIPv4 ? OnLink : null), route.Metric);
        }
        else warn($"'{network.Name}': CNI has no counterpart of {Route} ({route}), which is left out.");
    }

    private static JsonObject Write(IPPrefix destination, string? hop, int? metric)
    {
        JsonObject route = new() { ["dst"] = destination.ToString() };
        if (hop is not null) route["gw"] = hop;
        if (metric is not null) route["priority"] = metric;
        return route;
    }

    private static AddressValue? GatewayOf(NetworkRequest network, AddressFamily family) =>
        network.Gateways.FirstOrDefault(g => g.Family == family);

    private static bool IsL3(NetworkRequest network) => network.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 };
}
