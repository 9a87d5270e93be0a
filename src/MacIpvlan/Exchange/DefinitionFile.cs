using System.Text;

namespace MacIpvlan;

/// <summary>Reads network definitions from files.</summary>
public static class DefinitionFile
{
    /// <summary>Reads a file as UTF-8, or in the encoding of its byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The size limit in bytes.</param>
    /// <exception cref="NetworkException">FileUnusable; InvalidDefinition: it is too long or isn't text.</exception>
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
            throw new NetworkException(NetworkError.InvalidDefinition, $"{path} isn't UTF-8 text.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.FileUnusable,
                $"{path} can't be read: {e.Message.TrimEnd('.')}.",
                "Specify the path of a file that you can read.");
        }
    }

    // A pipe or a device reports no length, so the limit is checked while reading.
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
