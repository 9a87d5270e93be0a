using System.Security.Cryptography;
using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// Writes files where users say: whole or not at all, and never through a link. Root's picture in a folder that others
/// may write to replaces nothing that they have led it to.
/// </summary>
public static class OutputFile
{
    private const UnixFileMode RightsMask = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Writes a text in UTF-8. A file that is replaced keeps its rights.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="text">The text.</param>
    /// <param name="replaces">Whether a file that is there is replaced.</param>
    /// <returns>The file.</returns>
    /// <exception cref="NetworkException">FileExists or FileUnusable.</exception>
    public static FileInfo Write(string path, string text, bool replaces)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        string draft = Path.Combine(folder, $".{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            CheckFolder(folder);
            UnixFileMode? rights = CheckPlace(path, replaces);
            // A new one: what has its name is not opened, whatever it is.
            using FileStream file = new(draft, FileMode.CreateNew, FileAccess.Write);
            try
            {
                if (rights is not null) File.SetUnixFileMode(file.SafeFileHandle, rights.Value & RightsMask);
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush();
                // Takes the name from whatever has it by now, and follows nothing.
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
                $"{path} cannot be written: {e.Message.TrimEnd('.')}.",
                "Give the path of a file in a folder that is there, and that you may write to.");
        }
    }

    // A link of root's may lead elsewhere, but one of another user's may lead anywhere.
    private static void CheckFolder(string folder)
    {
        for (string? place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            if (FileStatus.Of(place) is not { Type: FileType.SymbolicLink, IsTrusted: false }) continue;
            throw new NetworkException(
                NetworkError.FileUnusable,
                $"The folder {place} is a symbolic link of another user's.", "Give the path that it should lead to.");
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
                _ => "a device or the like",
            };
            throw new NetworkException(
                NetworkError.FileUnusable, $"{path} is not a file, but {kind}.", "Give the path of the file itself.");
        }

        return replaces ? status.Rights : throw new NetworkException(
            NetworkError.FileExists, $"{path} exists.", "Choose another path, or leave -NoClobber away to replace it.");
    }
}
