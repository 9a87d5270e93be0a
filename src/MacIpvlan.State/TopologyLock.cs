using System.Text;

namespace MacIpvlan.State.Sqlite;

/// <summary>
/// A lock between processes on a file beside the database (flock(2)); the kernel drops it with the process. The file
/// also remembers that a database was made.
/// </summary>
internal sealed class TopologyLock : IDisposable
{
    // What flock answers when another process has the lock.
    private const int EWOULDBLOCK = 11;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="pause">Waits for so long, or throws to give up.</param>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public TopologyLock(string path, Action<TimeSpan> pause)
    {
        DateTime giveUp = DateTime.UtcNow + s_patience;
        TimeSpan delay = TimeSpan.FromMilliseconds(1);
        while (true)
        {
            try
            {
                // FileShare.None is an exclusive flock on Linux.
                _file = new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    BufferSize = 0,
                    UnixCreateMode = StateFolder.FileMode,
                });
                return;
            }
            catch (IOException e) when (e.HResult == EWOULDBLOCK)
            {
                if (DateTime.UtcNow > giveUp)
                {
                    throw new NetworkException(
                        NetworkError.StateUnavailable,
                        $"Another command has been at work on networks for {s_patience.TotalSeconds:0} seconds"
                        + $"{LockHolders.Describe(path)}; the lock is {path}.",
                        "Repeat the command when that one is done.");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new NetworkException(
                    NetworkError.StateUnavailable,
                    $"The lock {path} cannot be had: {e.Message.TrimEnd('.')}.",
                    "Check that the folder can be written to, or point MACIPVLAN_STATE at a file in another one.");
            }

            pause(delay);
            delay = delay * 2 < s_longestPause ? delay * 2 : s_longestPause;
        }
    }

    /// <summary>Whether a database was made here.</summary>
    public bool IsMarked => _file.Length > 0;

    /// <summary>Remembers that a database was made here.</summary>
    public void Mark()
    {
        File.SetUnixFileMode(_file.SafeFileHandle, StateFolder.FileMode);
        _file.Write(Encoding.ASCII.GetBytes("The database beside this file was made here; without it, the state is lost.\n"));
    }

    public void Dispose() => _file.Dispose();
}
