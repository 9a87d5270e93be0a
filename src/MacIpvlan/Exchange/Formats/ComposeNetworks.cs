using System.Text.Json;

namespace MacIpvlan.Formats;

/// <summary>Reads the networks of a Compose project: the output of docker compose config --format json.</summary>
internal static class ComposeNetworks
{
    /// <summary>The extension of Compose's networks that says what labels can ask for.</summary>
    public const string AllowLabel = "x-macipvlan-allow-label";

    private const string Networks = "networks";
    private static readonly DockerNames s_names = new(
        "driver", "driver_opts", "ipam", "config", "subnet", "gateway", "ip_range", "aux_addresses", "internal", "enable_ipv4", "enable_ipv6",
        "labels", IPv6IsOptional: true);

    /// <summary>Whether an object has this format.</summary>
    public static bool IsAt(DefinitionReader root) => root.Has("services") || (root.Has(Networks) && !root.Has("IPAM"));

    /// <summary>Finds the networks, and what the services on them need. Everything else in the project is of no concern.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static DefinedNetwork[] Find(DefinitionReader root, Action<string> warn)
    {
        Dictionary<string, NetworkRequest> read = [];
        Dictionary<string, List<ComposeService>> services = [];
        return
        [
            .. root.Properties(Networks).Select(n => new DefinedNetwork(
                DefinitionReader.NameOf(n.Item) ?? DefinitionReader.Shown(n.Name),
                () => n.Item.ValueKind == JsonValueKind.Null ? null : Add(n.Name, Read(new(n.Item, n.Path), n.Name, warn)))),
            new(null, () =>
            {
                // Only now is it known which of their networks there are.
                foreach (IGrouping<string, ComposeService> found in new ComposeServices(read, warn).Read(root)) services[found.Key].AddRange(found);
                return null;
            }),
        ];

        NetworkRequest? Add(string key, NetworkRequest? network) => network is null ? null
            : read[key] = network with { Services = services[network.Name] = [] };
    }

    private static NetworkRequest? Read(DefinitionReader network, string key, Action<string> warn)
    {
        string name = network.Text("name") is { Length: > 0 } given ? given : key;
        // In old versions, external is an object with the name.
        if (network.Has("external") && (network.IsObject("external") || network.Flag("external")))
        {
            warn($"'{name}': it is external, so it isn't defined here; it is left out.");
            return null;
        }

        network.PassOver("attachable");
        IReadOnlyList<LabelSetting> allowed = LabelSettings.Complete(network.Values(AllowLabel, DefinitionReader.Word<LabelSetting>));
        return DockerNetwork.Read(network, name, s_names, warn, request => request with { AllowedLabels = allowed }, chooseGateway: null);
    }
}
