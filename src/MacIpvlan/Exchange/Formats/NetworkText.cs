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
    /// <returns>One text; in the formats of others, one line or list per network.</returns>
    /// <exception cref="NetworkException">NoCounterpart: a network would be a different one in the format.</exception>
    public static string Write(ExportFormat format, IReadOnlyList<NetworkRequest> networks, Action<string> warn) => format switch
    {
        ExportFormat.DockerCommand => string.Join('\n', networks.Select(n => DockerCommand.Write(n, warn))),
        ExportFormat.Cni => string.Join('\n', networks.Select(n => CniConfiguration.Write(n, warn))),
        _ => JsonDefinitions.Write(networks),
    };

    /// <summary>Reads networks, all or none, from one or more JSON texts in sequence.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">The format; detected if null.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <exception cref="NetworkException">InvalidDefinition.</exception>
    public static IReadOnlyList<NetworkRequest> Read(string text, ImportFormat? format, Action<string> warn)
    {
        List<NetworkRequest> networks = [];
        try
        {
            foreach (DefinitionReader root in ReadObjects(text)) networks.AddRange(Read(root, format ?? FormatOf(root), warn));
        }
        catch (InvalidOperationException)
        {
            // .NET throws this for an unpaired surrogate.
            throw DefinitionReader.Invalid("", "contains text that isn't valid Unicode");
        }

        return networks;
    }

    private static IEnumerable<NetworkRequest> Read(DefinitionReader root, ImportFormat format, Action<string> warn) => format switch
    {
        ImportFormat.Json => JsonDefinitions.Read(root, warn),
        ImportFormat.Cni => One(CniConfiguration.Read(root, warn)),
        ImportFormat.DockerInspect => One(DockerInspection.Read(root, warn)),
        _ => One(PodmanInspection.Read(root, warn)),
    };

    private static NetworkRequest[] One(NetworkRequest? network) => network is null ? [] : [network];

    private static ImportFormat FormatOf(DefinitionReader root) =>
        JsonDefinitions.IsAt(root) ? ImportFormat.Json
        : CniConfiguration.IsAt(root) ? ImportFormat.Cni
        : DockerInspection.IsAt(root) ? ImportFormat.DockerInspect
        : PodmanInspection.IsAt(root) ? ImportFormat.PodmanInspect
        : throw root.Wrong("isn't in a known format: Export-ContainerNetwork, CNI, docker network inspect, podman network inspect");

    // The text can be the output of several commands in sequence, each a list of its own.
    private static List<DefinitionReader> ReadObjects(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > MaxBytes) throw DefinitionReader.Invalid("", $"is longer than {MaxBytes} bytes");
        byte[] bytes = Encoding.UTF8.GetBytes(text.Trim().TrimStart('\ufeff'));
        List<DefinitionReader> objects = [];
        int start = 0;
        while (start < bytes.Length)
        {
            (JsonElement element, int length) = ReadValue(bytes, start);
            start += length;
            while (start < bytes.Length && char.IsWhiteSpace((char)bytes[start])) start++;
            if (element.ValueKind != JsonValueKind.Array) objects.Add(new(element, ""));
            else objects.AddRange(element.EnumerateArray().Select(static (e, i) => new DefinitionReader(e, $"[{i}]")));
        }

        return objects.Count > 0 ? objects : throw DefinitionReader.Invalid("", "is empty");
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
}

/// <summary>The formats that networks can be read from.</summary>
public enum ImportFormat
{
    /// <summary>The module's own format.</summary>
    Json,

    /// <summary>Configurations of the CNI plugins, as a list or a single plugin.</summary>
    Cni,

    /// <summary>The output of docker network inspect.</summary>
    DockerInspect,

    /// <summary>The output of podman network inspect.</summary>
    PodmanInspect,
}
