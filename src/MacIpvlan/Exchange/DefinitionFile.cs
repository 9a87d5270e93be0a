using System.Text;
using MacIpvlan.Formats;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Reads network definitions from files and pipes.</summary>
public static class DefinitionFile
{
    /// <summary>Reads a file as UTF-8, or in the encoding of its byte order mark.</summary>
    /// <param name="path">The file, or a pipe.</param>
    /// <param name="maxBytes">The size limit in bytes.</param>
    /// <param name="pausing">Called while it waits for the writer of a pipe; it throws to give up.</param>
    /// <exception cref="NetworkException">FileUnusable; InvalidDefinition: it is too long or isn't text.</exception>
    public static string Read(string path, int maxBytes, Action? pausing = null)
    {
        try
        {
            using HeldFile file = HeldFile.Open(path);
            byte[] bytes = file.Read(maxBytes, pausing ?? (static () => { })) ?? throw new NetworkException(
                NetworkError.InvalidDefinition, $"{path} is longer than {maxBytes} bytes.", "Import it in parts, each with some of the networks.");
            using StreamReader reader = new(new MemoryStream(bytes), new UTF8Encoding(false, throwOnInvalidBytes: true));
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new NetworkException(NetworkError.InvalidDefinition, $"{path} isn't UTF-8 text.", "Save it as UTF-8: Set-Content -Encoding utf8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.FileUnusable,
                $"{path} can't be read: {e.Message.TrimEnd('.')}.",
                (e as UntrustedPathException)?.RecommendedAction ?? "Specify the path of a file that you can read.");
        }
    }

    /// <summary>Reads the networks of a text, which can come from a file. Each error names the file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The file; null if the text doesn't come from a file.</param>
    /// <param name="format">The format; detected if null.</param>
    /// <param name="warn">Called for each setting that has no counterpart here.</param>
    /// <param name="refuse">Called for each network that can't be read, with its name if it has one.</param>
    /// <param name="compose">What a Compose file depends on; see <see cref="ComposeProject"/>. Null to read JSON only.</param>
    /// <exception cref="NetworkException">InvalidDefinition: the text is neither JSON nor a Compose file.</exception>
    public static IReadOnlyList<NetworkRequest> Parse(
        string text, string? path, ImportFormat? format, Action<string> warn, Action<string?, NetworkException> refuse,
        ComposeEnvironment? compose = null)
    {
        try
        {
            return [.. NetworkText.Read(text, format, warn, (name, e) => refuse(name, In(path, e)), compose).Select(n => n with { Source = path })];
        }
        catch (NetworkException e) when (path is not null)
        {
            throw In(path, e);
        }
    }

    private static NetworkException In(string? path, NetworkException e) =>
        path is null ? e : new(e.Error, $"{path}: {e.Message}", e.RecommendedAction);
}
