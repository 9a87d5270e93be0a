using System.Text;
using System.Text.Json;

namespace MacIpvlan.Formats;

/// <summary>Networks as texts of some format; no input or output of files.</summary>
public static class NetworkText
{
    /// <summary>How many bytes a text may have: enough for tens of thousands of networks.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Writes networks.</summary>
    /// <param name="format">The format.</param>
    /// <param name="networks">The networks.</param>
    /// <param name="warn">Told of what the format has no counterpart of.</param>
    /// <returns>One text; in the formats of others, a line or list for each network.</returns>
    /// <exception cref="NetworkException">NoCounterpart: a network would be another one in the format.</exception>
    public static string Write(ExportFormat format, IReadOnlyList<NetworkRequest> networks, Action<string> warn) => format switch
    {
        ExportFormat.DockerCommand => string.Join('\n', networks.Select(n => DockerCommand.Write(n, warn))),
        ExportFormat.Cni => string.Join('\n', networks.Select(n => CniConfiguration.Write(n, warn))),
        _ => JsonDefinitions.Write(networks),
    };

    /// <summary>Reads networks, all or none, from one JSON text or several behind each other.</summary>
    /// <param name="text">The text.</param>
    /// <param name="format">Its format; found out when null.</param>
    /// <param name="warn">Told of what has no counterpart here.</param>
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
            // What .NET throws where half of a surrogate pair is to be decoded.
            throw DefinitionReader.Invalid("", "has text that is not Unicode");
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
        : throw root.Wrong("is of no format that is known: Export-ContainerNetwork, CNI, docker network inspect, podman network inspect");

    // Several commands may have written behind each other, each a list of its own.
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
            // Its own text would repeat what is there, whatever that does where it is shown.
            long line = bytes.AsSpan(0, start).Count((byte)'\n') + (e.LineNumber ?? 0) + 1;
            throw DefinitionReader.Invalid("", $"is not JSON, from line {line}, byte {e.BytePositionInLine + 1} on");
        }
    }
}

/// <summary>The formats that networks are written in.</summary>
public enum ExportFormat
{
    /// <summary>Our own, which has everything.</summary>
    Json,

    /// <summary>Command lines of Docker.</summary>
    DockerCommand,

    /// <summary>Configurations of CNI's plugins.</summary>
    Cni,
}

/// <summary>The formats that networks are read from.</summary>
public enum ImportFormat
{
    /// <summary>Our own.</summary>
    Json,

    /// <summary>Configurations of CNI's plugins, as a list or alone.</summary>
    Cni,

    /// <summary>What docker network inspect tells.</summary>
    DockerInspect,

    /// <summary>What podman network inspect tells.</summary>
    PodmanInspect,
}
