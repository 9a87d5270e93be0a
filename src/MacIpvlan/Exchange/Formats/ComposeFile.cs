using System.Text.Json;
using System.Text.Json.Nodes;

namespace MacIpvlan.Formats;

/// <summary>
/// Reads the networks of a Compose file as it is: what docker compose config --format json would write of them is made of it,
/// and read. Variables are replaced only in what is read, so that others needn't be set.
/// </summary>
internal sealed class ComposeFile
{
    private const string Networks = "networks", Include = "include", Services = "services", Name = "name", Labels = "labels", Options = "driver_opts";
    private const string ProjectVariable = "COMPOSE_PROJECT_NAME";
    private const string Instead = "import the output of docker compose config --format json instead";

    // Services that can't be read, beyond which warnings about them don't help.
    private const int MaxWarnings = 200;

    // Compose takes texts for these, which variables can only give them as.
    private static readonly string[] s_booleans = ["external", "internal", "attachable", "enable_ipv4", "enable_ipv6"];
    private static readonly string[] s_partsOfService = [Networks, Labels, "network_mode", "mac_address", ComposeExtends.Extends];
    private readonly SortedSet<string> _unset = new(StringComparer.Ordinal);
    private readonly ComposeTemplate _template;
    private readonly ComposeEnvironment _environment;
    private readonly JsonObject _root;
    private readonly Action<string> _warn;

    private ComposeFile(JsonObject root, ComposeEnvironment environment, Action<string> warn)
    {
        (_root, _environment, _warn) = (root, environment, warn);
        _template = new(environment.Variable, name => _unset.Add(name));
    }

    /// <summary>Finds the networks of a file.</summary>
    /// <param name="text">The text, as YAML.</param>
    /// <param name="environment">What it depends on.</param>
    /// <param name="warn">Called for each setting that has no counterpart here, and for each service that needs something.</param>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static DefinedNetwork[] Find(string text, ComposeEnvironment environment, Action<string> warn)
    {
        JsonNode? root = environment.OpenYaml().Read(text);
        if (root is not JsonObject file || !(file.ContainsKey(Networks) || file.ContainsKey(Services) || file.ContainsKey(Include)))
        {
            throw DefinitionReader.Invalid(
                "", "is YAML, but not a Compose file: it has neither networks nor services",
                "Convert other YAML to JSON: kubectl create --dry-run=client -o json -f FILE.");
        }

        return new ComposeFile(file, environment, warn).Find();
    }

    private DefinedNetwork[] Find()
    {
        if (_root[Include] is not null) _warn($"The file includes others (include), which aren't read; {Instead}.");
        if (_environment.OverrideFile is string other) _warn($"Docker merges {other} into this file. It isn't read here; {Instead}.");
        string project = ReadProject();
        List<DefinedNetwork> wrong = [];
        JsonObject networks = [], services = [];
        foreach ((string key, JsonNode? network) in Parts(Networks))
        {
            try
            {
                networks[key] = ReadNetwork(key, network, project);
            }
            catch (DefinitionException e)
            {
                wrong.Add(new(DefinitionReader.Shown(key), () => throw e));
            }
        }

        ReadServices(services);
        if (_unset.Count > 0) _warn($"Variables aren't set, and are taken as empty: {Phrase.NameSome([.. _unset.Select(DefinitionReader.Shown)])}.");
        JsonObject resolved = new() { [Name] = project, [Networks] = networks, [Services] = services };
        return [.. wrong, .. ComposeNetworks.Find(new(JsonSerializer.SerializeToElement(resolved), ""), _warn)];
    }

    // A variable comes before the file, and the folder is last.
    private string ReadProject()
    {
        if (_environment.Variable(ProjectVariable) is { Length: > 0 } given)
        {
            return Normalize(given) == given ? given : throw DefinitionReader.Invalid(
                $"the variable {ProjectVariable}", $"is '{PrintableText.Clean(given)}', but only lower-case letters, digits, - and _ can be in the name of a project");
        }

        string name = _root[Name] is JsonValue value && value.TryGetValue(out string? text) ? Normalize(Fill(text, Name)) : "";
        return name.Length > 0 ? name : Normalize(_environment.Folder);
    }

    private static string Normalize(string name) =>
        string.Concat(name.ToLowerInvariant().Where(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-')).TrimStart('_', '-');

    private KeyValuePair<string, JsonNode?>[] Parts(string name) => _root[name] switch
    {
        null => [],
        JsonObject parts => [.. parts],
        _ => throw DefinitionReader.Invalid(name, "is not an object"),
    };

    private JsonObject ReadNetwork(string key, JsonNode? node, string project)
    {
        string path = PathOf(Networks, key);
        JsonObject network = node switch
        {
            null => [],
            JsonObject given => (JsonObject)Fill(given, path)!,
            _ => throw DefinitionReader.Invalid(path, "is not an object"),
        };
        foreach (string name in s_booleans)
        {
            if (network[name] is JsonValue value && value.TryGetValue(out string? text)) network[name] = ReadBoolean(text, PathOf(path, name));
        }

        // Extensions of others aren't settings.
        string[] extensions = [.. network.Select(static p => p.Key).Where(static k => k.StartsWith("x-", StringComparison.Ordinal) && k != ComposeNetworks.AllowLabel)];
        foreach (string name in extensions) network.Remove(name);
        MakeTexts(network, Options);
        MakeTexts(network, Labels);
        if (network[Name] is null) network[Name] = NameOf(key, network, project, path);
        return network;
    }

    // Networks that aren't the project's own don't have its name.
    private static string NameOf(string key, JsonObject network, string project, string path)
    {
        if (network["external"] is JsonObject || (network["external"] is JsonValue value && value.TryGetValue(out bool isExternal) && isExternal)) return key;
        return project.Length > 0 ? $"{project}_{key}" : throw DefinitionReader.Invalid(
            path, "has no name, because the project has none", "Add a name to the file: name: PROJECT.");
    }

    private void ReadServices(JsonObject read)
    {
        Dictionary<string, JsonNode?> services = new(Parts(Services), StringComparer.Ordinal);
        ComposeExtends extended = new(services.Keys.ToHashSet(StringComparer.Ordinal), key => ReadService(key, services[key]));
        int unreadable = 0;
        foreach (string key in services.Keys)
        {
            try
            {
                read[key] = extended.Read(key);
            }
            catch (DefinitionException e)
            {
                if (++unreadable <= MaxWarnings) _warn($"The service '{DefinitionReader.Shown(key)}' can't be read: {e.Reason}.");
            }
        }

        if (unreadable > MaxWarnings) _warn($"More services can't be read: {unreadable - MaxWarnings}.");
    }

    private JsonObject ReadService(string key, JsonNode? node)
    {
        string path = PathOf(Services, key);
        JsonObject read = [];
        foreach (string part in s_partsOfService)
        {
            if (node is JsonObject service && service[part] is JsonNode given) read[part] = Fill(given, PathOf(path, part));
        }

        MakeTexts(read, Labels);
        // A list names networks without settings.
        if (read[Networks] is JsonArray list && list.All(static i => i is JsonValue value && value.TryGetValue(out string? _)))
        {
            read[Networks] = new JsonObject(list.Select(static i => i!.GetValue<string>()).Distinct().Select(static n => KeyValuePair.Create(n, (JsonNode?)null)));
        }

        return read;
    }

    private JsonNode? Fill(JsonNode? node, string path) => node switch
    {
        JsonObject pairs => new JsonObject(pairs.Select(p => KeyValuePair.Create(p.Key, Fill(p.Value, PathOf(path, p.Key))))),
        JsonArray items => new JsonArray([.. items.Select((item, i) => Fill(item, $"{path}[{i}]"))]),
        JsonValue value when value.TryGetValue(out string? text) => Fill(text, path),
        _ => node?.DeepClone(),
    };

    private string Fill(string text, string path)
    {
        try
        {
            return _template.Fill(text);
        }
        catch (FormatException e)
        {
            throw DefinitionReader.Invalid(path, $"is invalid: {e.Message}");
        }
    }

    // A map of texts, or a list of NAME=VALUE. Numbers and Booleans are texts there.
    private static void MakeTexts(JsonObject parent, string name)
    {
        JsonObject texts = [];
        switch (parent[name])
        {
            case JsonArray list when list.All(static i => i is JsonValue value && value.TryGetValue(out string? _)):
                foreach (string[] pair in list.Select(static i => i!.GetValue<string>().Split('=', 2))) texts[pair[0]] = pair.ElementAtOrDefault(1) ?? "";
                break;
            case JsonObject map:
                foreach ((string key, JsonNode? value) in map)
                {
                    texts[key] = value is JsonValue scalar && !scalar.TryGetValue(out string? _) ? scalar.ToJsonString() : value?.DeepClone();
                }

                break;
            // What is something else is refused when it's read.
            default: return;
        }

        parent[name] = texts;
    }

    private static bool ReadBoolean(string text, string path) => text.ToLowerInvariant() switch
    {
        "true" or "y" or "yes" or "on" => true,
        "false" or "n" or "no" or "off" => false,
        _ => throw DefinitionReader.Invalid(path, "is neither true nor false"),
    };

    private static string PathOf(string path, string name) => $"{path}.{DefinitionReader.Shown(name)}";
}
