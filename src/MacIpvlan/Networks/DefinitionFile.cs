using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Texts that define networks, in files.</summary>
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
            throw Unusable(path, "read", e.Message);
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

    /// <summary>Writes a text, whole or not at all, in the place of the file that is there. It follows no link.</summary>
    /// <exception cref="NetworkException">FileUnusable.</exception>
    public static void Write(string path, string text)
    {
        string part = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            // A link may be another's, and lead anywhere; a device does not come back once it is replaced.
            if (FileStatus.Of(path) is { Type: not FileType.File }) throw Unusable(path, "written", "it is there, and is not a file");
            try
            {
                using (FileStream file = new(part, FileMode.CreateNew, FileAccess.Write))
                {
                    file.Write(Encoding.UTF8.GetBytes(text));
                    file.Flush(flushToDisk: true);
                }

                File.Move(part, path, overwrite: true);
            }
            catch
            {
                File.Delete(part);
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, "written", e.Message.Replace(part, path, StringComparison.Ordinal));
        }
    }

    private static NetworkException Unusable(string path, string what, string reason) => new(
        NetworkError.FileUnusable, $"The file {path} cannot be {what}: {reason.TrimEnd('.')}.", "Name another file.");
}
