using System.Text;
using System.Text.Json;

namespace MacIpvlan.Formats;

/// <summary>Reads and writes networks as text in several formats, without file access.</summary>
public static class NetworkText
{
    /// <summary>The size limit of a text in bytes: enough for tens of thousands of networks.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Writes networks.</summary>
    /// <param name="format">The format.</param>
    /// <param name="networks">The networks.</param>
    /// <param name="warn">Called for each setting that has no counterpart in the format.</param>
    /// <returns>One text; as DockerCommand and Cni, one line or list per network.</returns>
    /// <exception cref="NetworkException">NoCounterpart: a network would be a different one in the format.</exception>
    public static string Write(ExportFormat format, IReadOnlyList<NetworkRequest> networks, Action<string> warn) => format switch
    {
        ExportFormat.DockerCommand => string.Join('\n', networks.Select(n => DockerCommand.Write(n, warn))),
        ExportFormat.Compose => ComposeText.Write(networks, warn),
        ExportFormat.Cni => string.Join('\n', networks.Select(n => CniConfiguration.Write(n, warn))),
        _ => JsonDefinitions.Write(networks),
    };

    /// <summary>Throws if a network would be a different one in a format that has all networks in one text.</summary>
    /// <exception cref="NetworkException">NoCounterpart.</exception>
    public static void Check(ExportFormat format, NetworkRequest network)
    {
        if (format == ExportFormat.Compose) DockerDefinition.Check(network);
    }

    /// <summary>Reads networks from one or more JSON texts in sequence, or from a Compose file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">The format; detected if null.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <param name="refuse">
    /// Called for each network that can't be read, with its name, or null if it has none, and the error InvalidDefinition.
    /// The others are read.
    /// </param>
    /// <param name="compose">What a Compose file depends on, in order to read it as it is; null to read JSON only.</param>
    /// <exception cref="NetworkException">InvalidDefinition: the text is neither JSON nor a Compose file.</exception>
    public static IReadOnlyList<NetworkRequest> Read(
        string text, ImportFormat? format, Action<string> warn, Action<string?, NetworkException> refuse, ComposeEnvironment? compose = null)
    {
        List<NetworkRequest> networks = [];
        if (compose is not null && format is null or ImportFormat.Compose && ForeignText.IsYaml(text))
        {
            CheckLength(text);
            Add(ComposeFile.Find(text, compose, warn));
            return networks;
        }

        foreach ((JsonElement item, string path) in ReadItems(text))
        {
            DefinedNetwork[] found = [];
            Try(DefinitionReader.NameOf(item), () => found = Find(new(item, path), format, warn));
            Add(found);
        }

        return networks;

        void Add(DefinedNetwork[] found)
        {
            foreach (DefinedNetwork network in found)
            {
                Try(network.Name, () =>
                {
                    if (network.Read() is NetworkRequest read) networks.Add(read);
                });
            }
        }

        void Try(string? name, Action read)
        {
            try
            {
                read();
            }
            catch (NetworkException e)
            {
                refuse(name, name is null ? e : InNetwork(name, e));
            }
            catch (InvalidOperationException)
            {
                // .NET throws this for an unpaired surrogate.
                refuse(name, DefinitionReader.Invalid("", "contains text that isn't valid Unicode"));
            }
        }
    }

    private static NetworkException InNetwork(string name, NetworkException e) => new(
        e.Error, $"The network '{name}' can't be read: {(e is DefinitionException { Reason: string reason } ? reason + "." : e.Message)}", e.RecommendedAction);

    // All of them are found before one is read, because a text can't be read as another format halfway.
    private static DefinedNetwork[] Find(DefinitionReader root, ImportFormat? format, Action<string> warn) => (format ?? FormatOf(root)) switch
    {
        ImportFormat.Json => JsonDefinitions.Find(root, warn),
        ImportFormat.Cni => CniConfiguration.Find(root, warn),
        ImportFormat.Compose => ComposeNetworks.Find(root, warn),
        ImportFormat.DockerInspect => [new(root.Name, () => DockerInspection.Read(root, warn))],
        _ => [new(root.Name, () => PodmanInspection.Read(root, warn))],
    };

    private static ImportFormat FormatOf(DefinitionReader root) =>
        JsonDefinitions.IsAt(root) ? ImportFormat.Json
        : CniConfiguration.IsAt(root) ? ImportFormat.Cni
        : ComposeNetworks.IsAt(root) ? ImportFormat.Compose
        : DockerInspection.IsAt(root) ? ImportFormat.DockerInspect
        : PodmanInspection.IsAt(root) ? ImportFormat.PodmanInspect
        : throw root.WrongObject(
            "isn't in a known format",
            "Use the output of Export-ContainerNetwork, docker or podman network inspect, nerdctl network inspect --mode native, "
            + "docker compose config --format json or kubectl get net-attach-def -o json, a Compose file, or a CNI configuration.");

    // The text can be the output of several commands in sequence, each a list of its own.
    private static List<(JsonElement Item, string Path)> ReadItems(string text)
    {
        CheckLength(text);
        byte[] bytes = Encoding.UTF8.GetBytes(text.Trim().TrimStart('\ufeff'));
        List<(JsonElement, string)> items = [];
        int start = 0;
        while (start < bytes.Length)
        {
            (JsonElement element, int length) = ReadValue(bytes, start);
            start += length;
            while (start < bytes.Length && char.IsWhiteSpace((char)bytes[start])) start++;
            if (element.ValueKind != JsonValueKind.Array) items.Add((element, ""));
            else items.AddRange(element.EnumerateArray().Select(static (e, i) => (e, $"[{i}]")));
        }

        return items.Count > 0 ? items : throw DefinitionReader.Invalid("", "is empty");
    }

    private static void CheckLength(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes) throw DefinitionReader.Invalid("", $"is longer than {MaxBytes} bytes");
    }

    private static (JsonElement Value, int Length) ReadValue(byte[] bytes, int start)
    {
        Utf8JsonReader reader = new(bytes.AsSpan(start), new JsonReaderOptions());
        try
        {
            return (JsonElement.ParseValue(ref reader), (int)reader.BytesConsumed);
        }
        catch (JsonException e)
        {
            if (start == 0 && ForeignText.Describe(bytes) is DefinitionException known) throw known;
            // The exception's own message would repeat input that could do harm where it is shown.
            long line = bytes.AsSpan(0, start).Count((byte)'\n') + (e.LineNumber ?? 0) + 1;
            throw DefinitionReader.Invalid("", $"isn't valid JSON from line {line}, byte {e.BytePositionInLine + 1} on");
        }
    }
}

/// <summary>The formats that networks can be written in.</summary>
public enum ExportFormat
{
    /// <summary>The module's own format, which holds all settings.</summary>
    Json,

    /// <summary>Docker command lines.</summary>
    DockerCommand,

    /// <summary>Configurations of the CNI plugins.</summary>
    Cni,

    /// <summary>A Compose file.</summary>
    Compose,
}

/// <summary>The formats that networks can be read from.</summary>
public enum ImportFormat
{
    /// <summary>The module's own format.</summary>
    Json,

    /// <summary>Configurations of the CNI plugins: a list, a single plugin, or the objects of Kubernetes and nerdctl around them.</summary>
    Cni,

    /// <summary>The output of docker network inspect.</summary>
    DockerInspect,

    /// <summary>The output of podman network inspect.</summary>
    PodmanInspect,

    /// <summary>A Compose file, or the output of docker compose config --format json.</summary>
    Compose,
}
