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

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // The umask removes from these permissions.
    private const UnixFileMode NewFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead | OthersWrite;

    /// <summary>Writes a text as UTF-8. A file that is replaced keeps its permissions.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="text">The text.</param>
    /// <param name="replaces">Whether to replace an existing file.</param>
    /// <param name="rights">The permissions of a new file; null for those that the umask leaves.</param>
    /// <returns>The file.</returns>
    /// <exception cref="NetworkException">FileExists or FileUnusable.</exception>
    public static FileInfo Write(string path, string text, bool replaces, UnixFileMode? rights = null) =>
        Write(path, Encoding.UTF8.GetBytes(text), replaces, rights);

    /// <summary>Writes bytes. A file that is replaced keeps its permissions.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="replaces">Whether to replace an existing file.</param>
    /// <param name="rights">The permissions of a new file; null for those that the umask leaves.</param>
    /// <returns>The file.</returns>
    /// <exception cref="NetworkException">FileExists or FileUnusable.</exception>
    public static FileInfo Write(string path, ReadOnlySpan<byte> bytes, bool replaces, UnixFileMode? rights = null)
    {
        try
        {
            using HeldFolder folder = HeldFolder.Open(Path.GetDirectoryName(path) ?? "/");
            WriteInto(folder, path, bytes, replaces, rights);
            return new FileInfo(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.FileUnusable,
                $"{path} can't be written: {e.Message.TrimEnd('.')}.",
                (e as UntrustedPathException)?.RecommendedAction
                    ?? "Specify a path in an existing folder that you can write to.");
        }
    }

    // Everything happens in the folder that is held, so no other user can have the file written elsewhere.
    private static void WriteInto(HeldFolder folder, string path, ReadOnlySpan<byte> bytes, bool replaces, UnixFileMode? newRights)
    {
        string name = Path.GetFileName(path);
        UnixFileMode? rights = CheckPlace(folder, name, path, replaces) ?? newRights;
        string draft = $".{Guid.NewGuid():N}.tmp";
        using FileStream file = folder.Create(draft, rights ?? NewFileMode);
        try
        {
            if (rights is not null) File.SetUnixFileMode(file.SafeFileHandle, rights.Value);
            file.Write(bytes);
            // A file that is replaced must not be lost, with nothing in its place yet, if the power fails.
            file.Flush(flushToDisk: true);
            if (!folder.Rename(draft, name, replaces)) throw Exists(path);
        }
        catch
        {
            folder.Delete(draft);
            throw;
        }
    }

    private static UnixFileMode? CheckPlace(HeldFolder folder, string name, string path, bool replaces)
    {
        FileStatus? status = name.Length == 0 ? folder.Status : folder.Find(name);
        if (status is null) return null;
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

        if (!replaces) throw Exists(path);
        // The new file is this user's, so a former owner must not have the others write to it.
        return status.Rights & (status.IsTrusted ? RightsMask : RightsMask & ~OthersWrite);
    }

    private static NetworkException Exists(string path) => new(
        NetworkError.FileExists, $"{path} already exists.", "Specify another path, or omit -NoClobber to replace the file.");
}
