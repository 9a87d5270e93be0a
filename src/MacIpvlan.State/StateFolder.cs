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

    // The log, its index, the rollback journal, and the locks.
    private static readonly string[] s_companions = ["-wal", "-shm", "-journal", ".lock", ".workers"];

    /// <summary>
    /// Creates the folder of a database with mode 0700 if it's missing. Refuses a folder or a file that another user
    /// owns or can write to, a path that another user can make lead elsewhere, and a link in place of a file.
    /// </summary>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public static void Ensure(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        try
        {
            using HeldFolder held = HeldFolder.Ensure(folder);
            CheckOwner(folder, held.Status);
            CheckRights(folder, held.Status);
            // Up to the root, no other user can exchange a folder of the path or change what is in the last one. So the
            // path is as safe as the descriptor, and SQLite, which opens files only by path, can use it.
            CheckFile(held, path);
            foreach (string companion in s_companions) CheckFile(held, path + companion);
        }
        catch (UntrustedPathException e)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The state database {path} can't be trusted: {e.Message}.",
                $"{e.RecommendedAction} The environment variable MACIPVLAN_STATE specifies the path.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The folder of the state database {path} can't be used: {e.Message.TrimEnd('.')}.",
                "Run as root, or set the environment variable MACIPVLAN_STATE to a file in a folder that you own.");
        }
    }

    private static void CheckFile(HeldFolder folder, string path)
    {
        string name = Path.GetFileName(path);
        if (folder.Find(name) is not FileStatus status) return;
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
        if (status.Rights != FileMode) folder.SetRights(name, FileMode);
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
