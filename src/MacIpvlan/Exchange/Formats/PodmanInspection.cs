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
        string? allocator = ipam?.Text("driver");
        bool isDhcp = allocator == CniDhcp.Plugin;
        if (!isDhcp && allocator is string other and not "host-local")
        {
            throw ipam!.Wrong(
                "driver", $"is {other}: addresses that Podman doesn't allocate itself have no counterpart here", CniAddresses.UseSubnet);
        }

        IReadOnlyList<DefinitionReader> subnets = network.Objects("subnets");
        DefinitionReader? options = network.Object("options");
        if ((options?.Text("parent") ?? network.Text("network_interface")) is not { Length: > 0 } parent)
        {
            throw network.Wrong(
                "network_interface", "is missing: Podman uses the link of the default route", "Add network_interface with the name of that link.");
        }

        NetworkRequest read = new()
        {
            Name = name,
            NicKind = driver == MacvlanLink.KindName
                ? new MacvlanLink(options?.Value("mode", DefinitionReader.Word<MacvlanMode>) ?? MacvlanMode.Bridge)
                {
                    BroadcastCutoff = options?.Value("bclim", DefinitionReader.SignedDigits),
                }
                : new IpvlanLink(options?.Value("mode", DefinitionReader.Word<IpvlanMode>) ?? IpvlanMode.L2, IpvlanFlag.Bridge),
            Parent = ParentReference.Parse(parent),
            Internal = network.Flag("internal"),
            Subnets = [.. subnets.Select(static s => s.NeedSubnet("subnet"))],
            Gateways = [.. subnets.Select(static s => s.Address("gateway", AddressValue.Parse)).OfType<AddressValue>()],
            Dhcp = isDhcp ? new() : null,
            // Podman reports every gateway, including one that it chose itself.
            NoGateway = !isDhcp,
            Ranges = [.. subnets.Select(static s => ReadRange(s)).OfType<AddressRange>()],
            Routes = [.. network.Objects("routes").Select(static r => ReadRoute(r))],
            RouteMetric = options?.Value("metric", DefinitionReader.Digits),
            NoDefaultRoute = options?.Value("no_default_route", ReadBoolean) ?? false,
            Mtu = (options?.Value("mtu", DefinitionReader.Digits) ?? options?.Value(DockerDefinition.MtuOption, DefinitionReader.Digits))
                is int mtu and not 0 ? mtu : null,
        };
        network.WarnOfLabels("labels", name, warn);
        network.WarnOfRest(name, warn);
        return read with { Probe = read.DefaultProbe };
    }

    private static AddressRange? ReadRange(DefinitionReader subnet)
    {
        if (subnet.Object("lease_range") is not DefinitionReader range) return null;
        IPPrefix prefix = subnet.NeedSubnet("subnet");
        return range.Range("start_ip", "end_ip", prefix);
    }

    // The words of Go's strconv.ParseBool.
    private static bool ReadBoolean(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"'{text}' is neither true nor false"),
    };

    private static NetworkRoute ReadRoute(DefinitionReader route) => new()
    {
        Destination = route.NeedSubnet("destination"),
        NextHop = route.Address("gateway", AddressValue.Parse)?.ToIPAddress(),
        Metric = route.Number("metric"),
        Type = route.Value("route_type", DefinitionReader.Word<NetworkRouteType>) ?? NetworkRouteType.Unicast,
    };
}
