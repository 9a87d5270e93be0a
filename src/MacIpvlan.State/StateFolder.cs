namespace MacIpvlan.State.Sqlite;

/// <summary>The folder of the database: root's alone, since what is in it is believed.</summary>
internal static class StateFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the folder with mode 0700 if it is missing, and refuses one that others may write to.</summary>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public static void Ensure(string folder)
    {
        try
        {
            if (!Directory.Exists(folder)) Directory.CreateDirectory(folder, Private);
            UnixFileMode mode = File.GetUnixFileMode(folder);
            if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0) return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NetworkException(
                NetworkError.StateUnavailable,
                $"The folder of the state database cannot be used: {e.Message.TrimEnd('.')}.",
                "Run as root, or point the environment variable MACIPVLAN_STATE at a file in a folder of your own.");
        }

        throw new NetworkException(
            NetworkError.StateUnavailable,
            $"Others than its owner may write to {folder}, so the state database cannot be trusted there.",
            $"Take those rights away (chmod go-w {folder}), or point MACIPVLAN_STATE at a file in another folder.");
    }
}
