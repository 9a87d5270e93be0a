using System.Security.Cryptography;
using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// Writes files to paths that users specify, completely or not at all, and never through a link. In a folder that
/// others can write to, root thus overwrites only the file it names, not one that a link points to.
/// </summary>
public static class OutputFile
{
    private const UnixFileMode RightsMask = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Writes a text as UTF-8. A file that is replaced keeps its permissions.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="text">The text.</param>
    /// <param name="replaces">Whether to replace an existing file.</param>
    /// <returns>The file.</returns>
    /// <exception cref="NetworkException">FileExists or FileUnusable.</exception>
    public static FileInfo Write(string path, string text, bool replaces) => Write(path, Encoding.UTF8.GetBytes(text), replaces);

    /// <summary>Writes bytes. A file that is replaced keeps its permissions.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="replaces">Whether to replace an existing file.</param>
    /// <returns>The file.</returns>
    /// <exception cref="NetworkException">FileExists or FileUnusable.</exception>
    public static FileInfo Write(string path, byte[] content, bool replaces)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        string draft = Path.Combine(folder, $".{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            CheckFolder(folder);
            UnixFileMode? rights = CheckPlace(path, replaces);
            // CreateNew fails if anything has this name, and follows no link.
            using FileStream file = new(draft, FileMode.CreateNew, FileAccess.Write);
            try
            {
                if (rights is not null) File.SetUnixFileMode(file.SafeFileHandle, rights.Value & RightsMask);
                file.Write(content);
                file.Flush();
                // A rename replaces the name itself, whatever it now refers to, and follows no link.
                File.Move(draft, path, replaces);
            }
            catch
            {
                File.Delete(draft);
                throw;
            }

            return new FileInfo(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.FileUnusable,
                $"{path} can't be written: {e.Message.TrimEnd('.')}.",
                "Specify a path in an existing folder that you can write to.");
        }
    }

    // A link that root made is trusted; another user's link could point anywhere.
    private static void CheckFolder(string folder)
    {
        for (string? place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            if (FileStatus.Of(place) is not { Type: FileType.SymbolicLink, IsTrusted: false }) continue;
            throw new NetworkException(
                NetworkError.FileUnusable,
                $"The folder {place} is a symbolic link that another user owns.",
                "Specify the path that it should lead to.");
        }
    }

    private static UnixFileMode? CheckPlace(string path, bool replaces)
    {
        if (FileStatus.Of(path) is not FileStatus status) return null;
        if (status.Type != FileType.File)
        {
            string kind = status.Type switch
            {
                FileType.SymbolicLink => "a symbolic link",
                FileType.Folder => "a folder",
                _ => "a device or another special file",
            };
            throw new NetworkException(
                NetworkError.FileUnusable, $"{path} isn't a regular file, but {kind}.",
                "Specify the path of a regular file.");
        }

        return replaces ? status.Rights : throw new NetworkException(
            NetworkError.FileExists, $"{path} already exists.",
            "Specify another path, or omit -NoClobber to replace the file.");
    }
}
