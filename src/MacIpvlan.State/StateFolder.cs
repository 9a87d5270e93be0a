using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <summary>
/// The folder of the database and its files. Only the owner can change them, because their contents are trusted. A group
/// can read the database if the administrator gave the folder to that group, with mode 2750.
/// </summary>
internal static class StateFolder
{
    /// <summary>The permissions of the locks, and of the database unless a group can read it.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A folder that its group can list is usual, so the mark of a group that can read the state is the set-group-ID bit:
    // what is in such a folder belongs to the folder's group.
    private const UnixFileMode SharedFolder = UnixFileMode.SetGroup | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    // Besides the database: the log, its index, and the rollback journal.
    private static readonly string[] s_data = ["", "-wal", "-shm", "-journal"];

    // Whoever can read a lock can hold it.
    private static readonly string[] s_locks = [".lock", ".workers"];

    /// <summary>
    /// Creates the folder of a database with mode 0700 if it's missing. Refuses a folder or a file that another user
    /// owns or can write to, a path that another user can make lead elsewhere, and a link in place of a file.
    /// </summary>
    /// <returns>The group that can read the database; null if none can.</returns>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public static uint? Ensure(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        try
        {
            using HeldFolder held = HeldFolder.Ensure(folder);
            CheckOwner(folder, held.Status);
            CheckRights(folder, held.Status);
            uint? readers = (held.Status.Rights & SharedFolder) == SharedFolder ? held.Status.Group : null;
            // Up to the root, no other user can exchange a folder of the path or change what is in the last one. So the
            // path is as safe as the descriptor, and SQLite, which opens files only by path, can use it.
            foreach (string end in s_data) CheckFile(held, path + end, readers);
            foreach (string end in s_locks) CheckFile(held, path + end, readers: null);
            return readers;
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
                "Run as root or as a member of the group that can read the state (Get-Help about_MacIpvlan_State), or set "
                + "the environment variable MACIPVLAN_STATE to a file in a folder that you own.");
        }
    }

    /// <summary>Sets the group and the permissions of a database that is new.</summary>
    /// <exception cref="IOException">They can't be set.</exception>
    public static void SetRights(string path, uint? readers)
    {
        using HeldFolder folder = HeldFolder.Open(Path.GetDirectoryName(path) ?? "/");
        folder.SetRights(Path.GetFileName(path), DataMode(readers), readers);
    }

    private static UnixFileMode DataMode(uint? readers) => readers is null ? FileMode : FileMode | UnixFileMode.GroupRead;

    private static void CheckFile(HeldFolder folder, string path, uint? readers)
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
        bool fits = status.Rights == DataMode(readers) && (readers is null || status.Group == readers);
        if (!fits && status.IsOwn) folder.SetRights(name, DataMode(readers), readers);
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
