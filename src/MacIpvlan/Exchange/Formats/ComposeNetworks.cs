using System.Text.Json;

namespace MacIpvlan.Formats;

/// <summary>Reads the networks of a Compose project: the output of docker compose config --format json.</summary>
internal static class ComposeNetworks
{
    private const string Networks = "networks";
    private static readonly DockerNames s_names = new(
        "driver", "driver_opts", "ipam", "config", "subnet", "gateway", "ip_range", "aux_addresses", "internal", "enable_ipv4", "enable_ipv6",
        "labels", IPv6IsOptional: true);

    /// <summary>Whether an object has this format.</summary>
    public static bool IsAt(DefinitionReader root) => root.Has("services") || (root.Has(Networks) && !root.Has("IPAM"));

    /// <summary>Finds the networks. Everything else in the project isn't a network.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static DefinedNetwork[] Find(DefinitionReader root, Action<string> warn) =>
        [.. root.Properties(Networks).Select(n => new DefinedNetwork(
            DefinitionReader.NameOf(n.Item) ?? DefinitionReader.Shown(n.Name),
            () => n.Item.ValueKind == JsonValueKind.Null ? null : Read(new(n.Item, n.Path), n.Name, warn)))];

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
        return DockerNetwork.Read(network, name, s_names, warn, static request => request, chooseGateway: null);
    }
}
