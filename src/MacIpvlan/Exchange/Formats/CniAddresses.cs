using System.Net.Sockets;
using System.Text.Json.Nodes;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>
/// The "ipam" part of a CNI configuration, for the plugin host-local, which allocates addresses to NICs. It allocates
/// one address from each set of ranges and skips the gateway, which is the subnet's first address if none is given.
/// </summary>
internal static class CniAddresses
{
    /// <summary>What to do with a network whose addresses are not allocated on this host.</summary>
    public const string UseSubnet = "Give the network a subnet (host-local) or DHCP (dhcp), or create it with New-MacvlanNetwork or New-IpvlanNetwork.";

    private const string HostLocal = "host-local";
    private static readonly AddressFamily[] s_families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>Writes a network's subnets and routes.</summary>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static JsonObject Write(NetworkRequest network, Action<string> warn)
    {
        IPPrefix? small = network.Subnets.FirstOrDefault(static s => s.First.Bits - s.PrefixLength < 2);
        if (small is not null) throw MissingCounterparts.Refuse(network, HostLocal, $"it can't allocate addresses from {small}");
        // Each NIC gets one address of each family, from the first subnet that has one free.
        PrefixIndex index = new(network.Subnets);
        ILookup<IPPrefix?, AddressRange> given = network.Ranges.ToLookup(index.Containing);
        ILookup<IPPrefix?, AddressRange> excluded = network.Excluded.ToLookup(index.Containing);
        ILookup<IPPrefix?, AddressValue> gateways = network.Gateways.ToLookup(index.Containing);
        JsonNode[] sets = [.. s_families.Select(f => network.Subnets.Where(s => s.Family == f))
            .Select(subnets => subnets.SelectMany(s => WriteRanges(s, [.. given[s]], [.. excluded[s]], GatewayOf(s, gateways))).ToArray())
            .Where(static ranges => ranges.Length > 0).Select(static ranges => new JsonArray(ranges))];
        if (sets.Length == 0) throw MissingCounterparts.Refuse(network, HostLocal, "all its addresses are excluded");
        if (network.NoGateway)
        {
            warn($"'{network.Name}': {HostLocal} has no counterpart of {NoGateway}: it still reserves the first address.");
        }

        JsonObject ipam = new() { ["type"] = HostLocal, ["ranges"] = new JsonArray(sets) };
        JsonNode[] routes = [.. CniRoute.Write(network, warn)];
        if (routes.Length > 0) ipam["routes"] = new JsonArray(routes);
        return ipam;
    }

    /// <summary>Reads subnets and routes, or the use of DHCP, into a network with the given name and kind and no other settings.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest Read(DefinitionReader ipam, string name, LinkKind kind, Action<string> warn)
    {
        string type = ipam.Need("type");
        if (type == CniDhcp.Plugin) return CniDhcp.Read(ipam, name, kind, warn);
        if (type != HostLocal)
        {
            throw ipam.Wrong(
                "type", $"is {type}{ReasonOf(type)}, which has no counterpart here; only {HostLocal} and {CniDhcp.Plugin} have", UseSubnet);
        }

        List<DefinitionReader> ranges = ReadRanges(ipam, name, warn);
        IPPrefix[] subnets = [.. ranges.Select(SubnetOf).Distinct()];
        CniRoute[] routes = [.. ipam.Objects("routes").Select(CniRoute.Read)];
        ILookup<IPPrefix, DefinitionReader> rangesOf = ranges.ToLookup(SubnetOf);
        HashSet<AddressFamily> routed = [.. routes.Where(static r => r.Hop is null).Select(static r => r.Destination.Family)];
        AddressValue?[] gateways = [.. subnets.Select(s => GatewayOf(s, rangesOf[s], routed))];
        PrefixIndex index = new(subnets);
        NetworkRequest network = new()
        {
            Name = name,
            NicKind = kind,
            Subnets = subnets,
            Gateways = [.. gateways.OfType<AddressValue>().Distinct()],
            OnLinkGateway = gateways.Any(g => g is { IsLinkLocal: false } && index.Containing(g) is null),
            Ranges = [.. ranges.Select(static r => r.Range("rangeStart", "rangeEnd", SubnetOf(r))).OfType<AddressRange>()],
        };
        return CniRoute.Into(network, routes);
    }

    private static string ReasonOf(string type) => type switch
    {
        "static" => " (addresses of single NICs)",
        "whereabouts" => " (addresses shared by hosts)",
        _ => "",
    };

    private static List<DefinitionReader> ReadRanges(DefinitionReader ipam, string name, Action<string> warn)
    {
        List<DefinitionReader> ranges = [];
        HashSet<AddressFamily> families = [];
        // Old configurations have a single range instead of sets.
        IEnumerable<IReadOnlyList<DefinitionReader>> sets = ipam.Lists("ranges");
        if (ipam.Has("subnet")) sets = sets.Prepend([ipam]);
        foreach (IReadOnlyList<DefinitionReader> set in sets.Where(static s => s.Count > 0))
        {
            bool isFirst = families.Add(SubnetOf(set[0]).Family);
            families.UnionWith(set.Select(static r => SubnetOf(r).Family));
            if (!isFirst)
            {
                warn($"'{name}': a second address of the same family has no counterpart here; "
                    + "each NIC gets one address from all the ranges.");
            }

            ranges.AddRange(set);
        }

        // nerdctl repeats rangeStart and rangeEnd as a prefix.
        foreach (DefinitionReader range in ranges) range.PassOver("ipRange");

        return ranges;
    }

    private static IPPrefix SubnetOf(DefinitionReader range) => range.NeedSubnet("subnet");

    private static IEnumerable<JsonNode> WriteRanges(
        IPPrefix subnet, AddressRange[] given, AddressRange[] excluded, AddressValue? gateway)
    {
        if (given.Length == 0 && excluded.Length == 0)
        {
            yield return WriteRange(subnet, null, gateway);
            yield break;
        }

        foreach (AddressRange range in AddressPool.Allocatable(subnet, given, excluded))
        {
            yield return WriteRange(subnet, range, gateway);
        }
    }

    private static JsonObject WriteRange(IPPrefix subnet, AddressRange? range, AddressValue? gateway)
    {
        JsonObject entry = new() { ["subnet"] = subnet.ToString() };
        if (range is not null)
        {
            entry["rangeStart"] = range.First.ToString();
            entry["rangeEnd"] = range.Last.ToString();
        }

        if (gateway is not null) entry["gateway"] = gateway.ToString();
        return entry;
    }

    // The subnet's own gateway, or one that is outside all subnets.
    private static AddressValue? GatewayOf(IPPrefix subnet, ILookup<IPPrefix?, AddressValue> gateways) => gateways[subnet]
        .Concat(gateways[null].Where(g => g.Family == subnet.Family)).FirstOrDefault();

    // Without a gateway, host-local reserves the first address; in an IPv6 subnet it is the gateway if a route needs
    // one.
    private static AddressValue? GatewayOf(IPPrefix subnet, IEnumerable<DefinitionReader> ranges, HashSet<AddressFamily> routed)
    {
        // Each range of a subnet can repeat the gateway, so all of them are read.
        AddressValue[] told = [.. ranges
            .Select(static r => r.Address("gateway", AddressValue.Parse)).OfType<AddressValue>().Distinct()];
        if (told.Length > 1)
        {
            throw DefinitionReader.Invalid("ipam.ranges", $"has two gateways for {subnet}, {told[0]} and {told[1]}");
        }

        bool isNeeded = subnet.Family == AddressFamily.InterNetwork || routed.Contains(subnet.Family);
        return told.Length > 0 ? told[0] : isNeeded ? AddressPool.Usable(subnet).First : null;
    }
}
