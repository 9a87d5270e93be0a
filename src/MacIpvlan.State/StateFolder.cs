using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <summary>
/// The folder of the database and its files. Only the owner has access, because their contents are trusted.
/// </summary>
internal static class StateFolder
{
    /// <summary>The permissions of every file in the folder.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    // The log, its index, the rollback journal, and the lock.
    private static readonly string[] s_companions = ["-wal", "-shm", "-journal", ".lock"];

    /// <summary>
    /// Creates the folder of a database with mode 0700 if it's missing. Refuses a folder or a file that another user
    /// owns or can write to, and a link in place of a file.
    /// </summary>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public static void Ensure(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        try
        {
            EnsureFolder(folder);
            // The folder is now known to be private, so no other user can change the files during these checks.
            CheckFile(path);
            foreach (string companion in s_companions) CheckFile(path + companion);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The folder of the state database {path} can't be used: {e.Message.TrimEnd('.')}.",
                "Run as root, or set the environment variable MACIPVLAN_STATE to a file in a folder that you own.");
        }
    }

    private static void EnsureFolder(string folder)
    {
        if (FileStatus.Of(folder) is null)
        {
            Directory.CreateDirectory(folder, FolderMode);
            // Restores the permissions that the umask removed.
            File.SetUnixFileMode(folder, FolderMode);
        }

        // A link of root or of this user is followed, but a link of another user isn't trusted.
        CheckOwner(folder, FileStatus.Of(folder)!);
        FileStatus status = FileStatus.Of(folder, follow: true) ?? throw new IOException(
            $"{folder} is a broken symbolic link");
        if (status.Type != FileType.Folder) throw new IOException($"{folder} isn't a folder");
        CheckOwner(folder, status);
        CheckRights(folder, status);
    }

    private static void CheckFile(string path)
    {
        if (FileStatus.Of(path) is not FileStatus status) return;
        if (status.Type != FileType.File)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"{path} isn't a regular file, but a "
                + $"{(status.Type == FileType.SymbolicLink ? "symbolic link" : "folder or device")}.",
                "Remove it, or set MACIPVLAN_STATE to the file itself, in a folder that you own.");
        }

        CheckOwner(path, status);
        CheckRights(path, status);
        if (status.Rights != FileMode) File.SetUnixFileMode(path, FileMode);
    }

    private static void CheckOwner(string path, FileStatus status)
    {
        if (status.IsTrusted) return;
        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"{path} belongs to another user (id {status.Owner}), so the state database can't be trusted.",
            $"Change its owner (chown), or set MACIPVLAN_STATE to a file in a folder that you own.");
    }

    private static void CheckRights(string path, FileStatus status)
    {
        if (!status.IsWritableByOthers) return;
        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"Users other than the owner can write to {path}, so the state database can't be trusted.",
            $"Remove their write permission (chmod go-w {path}), or set MACIPVLAN_STATE to a file in another folder.");
    }
}
