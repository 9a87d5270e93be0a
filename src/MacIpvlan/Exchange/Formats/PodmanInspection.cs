using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Formats;

/// <summary>
/// Reads the output of podman network inspect, version 4 or later (libnetwork/types of containers/common).
/// </summary>
internal static class PodmanInspection
{
    /// <summary>Whether an object has this format.</summary>
    public static bool IsAt(DefinitionReader network) => network.Has("driver") && network.Has("name");

    /// <summary>Reads a network.</summary>
    /// <param name="network">The object.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <returns>Null for a network of another kind.</returns>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest? Read(DefinitionReader network, Action<string> warn)
    {
        string name = network.Need("name");
        string driver = network.Need("driver");
        if (driver is not (MacvlanLink.KindName or IpvlanLink.KindName))
        {
            warn($"'{name}': the driver {driver} has no counterpart here; the network is left out.");
            return null;
        }

        // Identifiers and current state, which aren't settings.
        network.PassOver("id", "created", "containers", "ipv6_enabled");
        DefinitionReader? ipam = network.Object("ipam_options");
        if (ipam?.Text("driver") is string other and not "host-local")
        {
            throw ipam.Wrong("driver", $"is {other}: addresses that Podman doesn't allocate itself have no counterpart here");
        }

        IReadOnlyList<DefinitionReader> subnets = network.Objects("subnets");
        DefinitionReader? options = network.Object("options");
        bool isInternal = network.Flag("internal");
        string? parent = options?.Text("parent") ?? network.Text("network_interface");
        if (string.IsNullOrEmpty(parent) && !isInternal)
        {
            throw network.Wrong("network_interface", "is missing: Podman uses the link of the default route; specify it");
        }

        NetworkRequest read = new()
        {
            Name = name,
            NicKind = driver == MacvlanLink.KindName
                ? new MacvlanLink(options?.Value("mode", DefinitionReader.Word<MacvlanMode>) ?? MacvlanMode.Bridge)
                {
                    BroadcastCutoff = options?.Value("bclim", DefinitionReader.Digits),
                }
                : new IpvlanLink(options?.Value("mode", DefinitionReader.Word<IpvlanMode>) ?? IpvlanMode.L2, IpvlanFlag.Bridge),
            Parent = string.IsNullOrEmpty(parent) ? null : ParentReference.Parse(parent),
            Internal = isInternal,
            Subnets = [.. subnets.Select(static s => s.Need("subnet", IPPrefix.Parse))],
            Gateways = [.. subnets.Select(static s => s.Value("gateway", AddressValue.Parse)).OfType<AddressValue>()],
            // Podman reports every gateway, including one that it chose itself.
            NoGateway = true,
            Ranges = [.. subnets.Select(static s => ReadRange(s)).OfType<AddressRange>()],
            Routes = [.. network.Objects("routes").Select(static r => ReadRoute(r))],
            RouteMetric = options?.Value("metric", DefinitionReader.Digits),
            NoDefaultRoute = options?.Value("no_default_route", static t => t is "1" or "true" or "True") ?? false,
            Mtu = options?.Value("mtu", DefinitionReader.Digits),
        };
        network.WarnOfUnread(name, warn);
        return read;
    }

    private static AddressRange? ReadRange(DefinitionReader subnet)
    {
        if (subnet.Object("lease_range") is not DefinitionReader range) return null;
        IPPrefix prefix = subnet.Need("subnet", IPPrefix.Parse);
        return range.Range("start_ip", "end_ip", prefix);
    }

    private static NetworkRoute ReadRoute(DefinitionReader route) => new()
    {
        Destination = route.Need("destination", IPPrefix.Parse),
        NextHop = route.Value("gateway", AddressValue.Parse)?.ToIPAddress(),
        Metric = route.Number("metric"),
        Type = route.Value("route_type", DefinitionReader.Word<NetworkRouteType>) ?? NetworkRouteType.Unicast,
    };
}
