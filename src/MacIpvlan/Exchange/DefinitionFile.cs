using System.Text;

namespace MacIpvlan;

/// <summary>Reads texts that define networks from files.</summary>
public static class DefinitionFile
{
    /// <summary>Reads a text in UTF-8, or in what its byte order mark says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <exception cref="NetworkException">FileUnusable; InvalidDefinition: it is too long, or no text.</exception>
    public static string Read(string path, int maxBytes)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using StreamReader reader = new(ReadBytes(file, maxBytes), new UTF8Encoding(false, throwOnInvalidBytes: true));
            return reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw new NetworkException(NetworkError.InvalidDefinition, $"{path} is not text in UTF-8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.FileUnusable, $"{path} cannot be read: {e.Message.TrimEnd('.')}.", "Give the path of a file that you may read.");
        }
    }

    // What is no file, such as a pipe, tells no length.
    private static MemoryStream ReadBytes(FileStream file, int maxBytes)
    {
        MemoryStream bytes = new();
        byte[] part = new byte[64 << 10];
        for (int length = file.Read(part); length > 0; length = file.Read(part))
        {
            bytes.Write(part, 0, length);
            if (bytes.Length <= maxBytes) continue;
            throw new NetworkException(NetworkError.InvalidDefinition, $"{file.Name} is longer than {maxBytes} bytes.");
        }

        bytes.Position = 0;
        return bytes;
    }
}
