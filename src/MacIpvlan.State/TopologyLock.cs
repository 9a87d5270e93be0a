using System.Diagnostics;
using System.Text;

namespace MacIpvlan.State.Sqlite;

/// <summary>
/// A lock between processes on a file next to the database (flock(2)). The kernel releases it when the process ends.
/// The file also records that a database was created.
/// </summary>
internal sealed class TopologyLock : IDisposable
{
    // The error of flock if another process has the lock.
    private const int EWOULDBLOCK = 11;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock file.</param>
    /// <param name="pause">Waits for a time, or throws to give up.</param>
    /// <exception cref="NetworkException">StateUnavailable.</exception>
    public TopologyLock(string path, Action<TimeSpan> pause)
    {
        long start = Stopwatch.GetTimestamp();
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
                if (Stopwatch.GetElapsedTime(start) > s_patience)
                {
                    throw new NetworkException(
                        NetworkError.StateUnavailable,
                        $"Another command has been changing networks for {s_patience.TotalSeconds:0} seconds"
                        + $"{LockHolders.Describe(path)}. It holds the lock {path}.",
                        "Repeat the command when that command has finished.");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new NetworkException(
                    NetworkError.StateUnavailable,
                    $"The lock {path} can't be acquired: {e.Message.TrimEnd('.')}.",
                    "Check that the folder is writable, or set MACIPVLAN_STATE to a file in another folder.");
            }

            pause(delay);
            delay = delay * 2 < s_longestPause ? delay * 2 : s_longestPause;
        }
    }

    /// <summary>Whether a database was created here.</summary>
    public bool IsMarked => _file.Length > 0;

    /// <summary>Records that a database was created here.</summary>
    public void Mark()
    {
        File.SetUnixFileMode(_file.SafeFileHandle, StateFolder.FileMode);
        _file.Write(Encoding.ASCII.GetBytes(
            "The database next to this file was created here. If it is missing, the state is lost.\n"));
    }

    public void Dispose() => _file.Dispose();
}
