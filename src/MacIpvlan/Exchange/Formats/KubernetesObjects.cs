using System.Text.Json;

namespace MacIpvlan.Formats;

/// <summary>
/// Reads NetworkAttachmentDefinitions, which hold a CNI configuration as text (Network Plumbing Working Group, version 1.3), such as those
/// of Multus: one of them, or a list as kubectl get -o json writes it.
/// </summary>
internal static class KubernetesObjects
{
    private const string Definition = "NetworkAttachmentDefinition";

    /// <summary>Whether an object is one of Kubernetes.</summary>
    public static bool IsAt(DefinitionReader root) => root.Has("apiVersion") && root.Has("kind");

    /// <summary>Finds the networks.</summary>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static DefinedNetwork[] Find(DefinitionReader root, Action<string> warn)
    {
        string kind = root.Need("kind");
        return kind is not ("List" or Definition + "List")
            ? [new(root.Object("metadata")?.Name, () => Read(root, warn))]
            : [.. root.List("items").Select(i => new DefinedNetwork(NameOf(i.Item), () => Read(new(i.Item, i.Path), warn)))];
    }

    private static string? NameOf(JsonElement item) => item.ValueKind == JsonValueKind.Object
        && item.TryGetProperty("metadata", out JsonElement metadata) ? DefinitionReader.NameOf(metadata) : null;

    private static NetworkRequest? Read(DefinitionReader item, Action<string> warn)
    {
        string kind = item.Need("kind");
        if (kind != Definition) throw item.Wrong("kind", $"is {kind}, but only a {Definition} defines a network");
        // Pods refer to it by this name; the configuration's own name can be missing.
        string name = item.Object("metadata")?.Text("name") is { Length: > 0 } given ? given : throw item.Wrong("metadata.name", "is missing");
        if (item.Object("spec") is not DefinitionReader spec || !spec.Has("config"))
        {
            throw item.Wrong(
                "spec.config", "is missing: the configuration is in a file on each node", "Use that file, in /etc/cni/net.d or Multus' folder.");
        }

        DefinitionReader config = spec.NeedJson("config");
        return CniConfiguration.Read(config, name, warn);
    }
}
