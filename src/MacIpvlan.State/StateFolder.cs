using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <summary>The folder of the database and the files in it: their owner's alone, since what is in them is believed.</summary>
internal static class StateFolder
{
    /// <summary>The mode of every file in it.</summary>
    public const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    // The log, its index, and the lock.
    private static readonly string[] s_companions = ["-wal", "-shm", "-journal", ".lock"];

    /// <summary>
    /// Makes the folder of a database with mode 0700 if it is missing; refuses a folder, or files in it, that someone
    /// else owns, may write to, or has put links in the place of.
    /// </summary>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public static void Ensure(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "/";
        try
        {
            EnsureFolder(folder);
            // The folder has just been found to be ours alone: nobody can change what is looked at here.
            CheckFile(path);
            foreach (string companion in s_companions) CheckFile(path + companion);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The folder of the state database {path} cannot be used: {e.Message.TrimEnd('.')}.",
                "Run as root, or point the environment variable MACIPVLAN_STATE at a file in a folder of your own.");
        }
    }

    private static void EnsureFolder(string folder)
    {
        if (FileStatus.Of(folder) is null)
        {
            Directory.CreateDirectory(folder, FolderMode);
            // What the umask took away.
            File.SetUnixFileMode(folder, FolderMode);
        }

        // A link of root's may lead elsewhere, but one of another user's may lead anywhere.
        CheckOwner(folder, FileStatus.Of(folder)!);
        FileStatus status = FileStatus.Of(folder, follow: true) ?? throw new IOException($"{folder} leads nowhere");
        if (status.Type != FileType.Folder) throw new IOException($"{folder} is not a folder");
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
                $"{path} is not a file, but a {(status.Type == FileType.SymbolicLink ? "symbolic link" : "folder or device")}.",
                "Remove it, or point MACIPVLAN_STATE at the file itself, in a folder of your own.");
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
            $"{path} belongs to another user (id {status.Owner}), so the state database cannot be trusted.",
            $"Take it over (chown), or point MACIPVLAN_STATE at a file in a folder of your own.");
    }

    private static void CheckRights(string path, FileStatus status)
    {
        if (!status.IsWritableByOthers) return;
        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"Others than its owner may write to {path}, so the state database cannot be trusted.",
            $"Take those rights away (chmod go-w {path}), or point MACIPVLAN_STATE at a file in another folder.");
    }
}
