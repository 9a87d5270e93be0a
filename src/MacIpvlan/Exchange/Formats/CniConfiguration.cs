using System.Globalization;
using System.Text.Json.Nodes;
using MacIpvlan.Netlink.Kinds;
using static MacIpvlan.NetworkSettings;

namespace MacIpvlan.Formats;

/// <summary>
/// Networks as configurations of the CNI plugins macvlan, ipvlan and vlan: one list of plugins per network, or a single
/// plugin (CNI specification 0.1.0 to 1.1.0). The plugin vlan gives the sub-interface itself to the container. Here,
/// that is a macvlan NIC in mode Passthru on the sub-interface.
/// </summary>
internal static class CniConfiguration
{
    private const string Cni = "CNI";
    private const string Version = "1.0.0";
    private const string VlanPlugin = "vlan";
    private const string TuningPlugin = "tuning";
    private const string SysctlProperty = "sysctl";
    private const string NativeProperty = "CNI";
    private static readonly string[] s_said =
    [
        Name, Kind, Mode, Parent, Subnet, Gateway, IPRange, ExcludeAddress, NoGateway, NoDefaultRoute, OnLinkGateway, Route,
        RouteMetric, Mtu, BroadcastQueueLength, Sysctl,
        // A network without a default route.
        Internal,
    ];

    /// <summary>Whether an object has this format, or has it inside.</summary>
    public static bool IsAt(DefinitionReader root) => root.Has("plugins") || (root.Has("type") && (root.Has("name") || root.Has("cniVersion")))
        || root.Has(NativeProperty) || KubernetesObjects.IsAt(root);

    /// <summary>Finds the networks: one, unless the object is a list of Kubernetes.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static DefinedNetwork[] Find(DefinitionReader root, Action<string> warn)
    {
        if (KubernetesObjects.IsAt(root)) return KubernetesObjects.Find(root, warn);
        // nerdctl network inspect --mode native.
        DefinitionReader network = root.Object(NativeProperty) ?? root;
        return [new(network.Name, () => Read(network, null, warn))];
    }

    /// <summary>Writes one network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="warn">Called for each setting that has no counterpart in CNI.</param>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static string Write(NetworkRequest network, Action<string> warn)
    {
        if (network.Parent is null) throw MissingCounterparts.Refuse(network, Cni, "its plugins can't create a network without a parent");
        JsonObject plugin = WriteLink(network, warn);
        if (network.Mtu is not null) plugin["mtu"] = network.Mtu;
        if (network.NicKind is MacvlanLink { BroadcastQueueLength: int length })
        {
            plugin["bcqueuelen"] = length;
            warn($"'{network.Name}': the CNI plugins support {BroadcastQueueLength} ({length}) from version 1.6 on.");
        }

        plugin["ipam"] = network.Dhcp is null ? CniAddresses.Write(network, warn) : CniDhcp.Write(network);
        MissingCounterparts.Warn(network, Cni, network.Dhcp is null ? s_said : CniDhcp.Said(network), warn);
        JsonObject list = new() { ["cniVersion"] = Version, ["name"] = network.Name, ["plugins"] = WritePlugins(plugin, network) };
        return list.ToJsonString(JsonDefinitions.Readable);
    }

    // The plugin tuning sets them after the link is up, and knows IFNAME from version 1.1 on.
    private static JsonArray WritePlugins(JsonObject plugin, NetworkRequest network) => network.Sysctls.Count == 0 ? [plugin]
        : [plugin, new JsonObject { ["type"] = TuningPlugin, [SysctlProperty] = new JsonObject(network.Sysctls.Select(WriteSysctl)) }];

    private static KeyValuePair<string, JsonNode?> WriteSysctl(NicSysctl sysctl) =>
        KeyValuePair.Create(sysctl.Name, (JsonNode?)sysctl.Value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads a network.</summary>
    /// <param name="root">The object: a list of plugins, or a plugin.</param>
    /// <param name="given">The network's name; null for the one in the object.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <returns>Null for a network of another kind.</returns>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static NetworkRequest? Read(DefinitionReader root, string? given, Action<string> warn)
    {
        root.PassOver("name", "cniVersion", "cniVersions", "disableCheck", "nerdctlID");
        IReadOnlyList<DefinitionReader> plugins = root.Objects("plugins");
        DefinitionReader plugin = plugins.Count > 0 ? plugins[0] : root;
        string type = plugin.Need("type");
        if (type is not (MacvlanLink.KindName or IpvlanLink.KindName or VlanPlugin))
        {
            // Nothing needs a name for the loopback link.
            warn($"'{given ?? root.Name ?? type}': the plugin {type} has no counterpart here; the network is left out.");
            return null;
        }

        string name = given ?? root.Need("name");

        plugin.PassOver("capabilities");
        if (plugin.Flag("linkInContainer"))
        {
            throw plugin.Wrong("linkInContainer", "is true: a parent in the container's own namespace has no counterpart here");
        }

        List<NicSysctl> sysctls = [];
        foreach (DefinitionReader further in plugins.Skip(1))
        {
            if (further.Need("type") == TuningPlugin)
            {
                // Where the plugin keeps what it has changed isn't a setting.
                further.PassOver("dataDir", "capabilities");
                sysctls.AddRange(ForeignSysctls.Read(further.Object(SysctlProperty)?.Texts() ?? [], name, warn));
                continue;
            }

            warn($"'{name}': the plugin {further.Need("type")} has no counterpart here, and is left out.");
            further.PassOverAll();
        }

        DefinitionReader addresses = plugin.Object("ipam") ?? throw plugin.Wrong("ipam", "is missing: a network needs a subnet or DHCP", CniAddresses.UseSubnet);
        NetworkRequest read = CniAddresses.Read(addresses, name, ReadKind(plugin, type), warn) with
        {
            Parent = ReadParent(plugin, type),
            // Each plugin of the list overrides those before it.
            Sysctls = [.. sysctls.AsEnumerable().Reverse().DistinctBy(static s => s.Name).OrderBy(static s => s.Name, StringComparer.Ordinal)],
            Mtu = plugin.Number("mtu") is int mtu and not 0 ? mtu : null,
        };
        if (type == VlanPlugin)
        {
            warn($"'{name}': the plugin vlan gives a container the sub-interface itself; here, the container "
                + "gets a macvlan NIC in mode Passthru on it.");
        }

        root.WarnOfLabels("nerdctlLabels", name, warn);
        root.WarnOfRest(name, warn);
        return read;
    }

    private static JsonObject WriteLink(NetworkRequest network, Action<string> warn)
    {
        // The plugin vlan creates the sub-interface itself, but only one with default settings.
        bool isAlone = network.NicKind is MacvlanLink { Mode: MacvlanMode.Passthru };
        if (isAlone && network.Vlans is [{ RemovedWithLastNetwork: true } vlan] && VlanDefinition.IsPlain(vlan))
        {
            return new() { ["type"] = VlanPlugin, ["master"] = vlan.Parent!, ["vlanId"] = ((VlanLink)vlan.Kind).VlanId };
        }

        MissingCounterparts.WarnOfSubInterfaces(network, Cni, warn);
        string mode = network.NicKind switch
        {
            MacvlanLink { Mode: MacvlanMode.Source } =>
                throw MissingCounterparts.Refuse(network, Cni, "its plugin macvlan has no mode Source"),
            MacvlanLink macvlan => macvlan.Mode.ToString(),
            _ => ((IpvlanLink)network.NicKind).Mode.ToString(),
        };
        return new()
        {
            ["type"] = network.NicKind.Name, ["master"] = network.Parent!.ToString(), ["mode"] = mode.ToLowerInvariant(),
        };
    }

    private static LinkKind ReadKind(DefinitionReader plugin, string type) => type switch
    {
        MacvlanLink.KindName => new MacvlanLink(plugin.Value("mode", DefinitionReader.Word<MacvlanMode>) ?? MacvlanMode.Bridge)
        {
            BroadcastQueueLength = plugin.Number("bcqueuelen") is int length and not 0 ? length : null,
        },
        IpvlanLink.KindName => new IpvlanLink(plugin.Value("mode", DefinitionReader.Word<IpvlanMode>) ?? IpvlanMode.L2, IpvlanFlag.Bridge),
        _ => new MacvlanLink(MacvlanMode.Passthru),
    };

    private static ParentReference ReadParent(DefinitionReader plugin, string type)
    {
        if (plugin.Text("master") is not { Length: > 0 } master)
        {
            throw plugin.Wrong(
                "master", "is missing: CNI uses the link of the default route", "Add master with the name of that link.");
        }

        return type != VlanPlugin ? ParentReference.Parse(master)
            : plugin.Number("vlanId") is int id ? ParentReference.OfVlan(master, id)
            : throw plugin.Wrong("vlanId", "is missing");
    }
}
