namespace MacIpvlan.State.Sqlite;

/// <summary>A lock between processes on a file beside the database (flock(2)); the kernel drops it with the process.</summary>
internal sealed class TopologyLock : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly FileStream _file;

    public TopologyLock(string path)
    {
        DateTime giveUp = DateTime.UtcNow + s_patience;
        int delay = 1;
        while (true)
        {
            try
            {
                // FileShare.None is an exclusive flock on Linux.
                _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (IOException) when (DateTime.UtcNow < giveUp)
            {
                Thread.Sleep(delay);
                delay = Math.Min(delay * 2, 50);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new NetworkException(
                    NetworkError.StateUnavailable,
                    $"The lock {path} cannot be had: {e.Message.TrimEnd('.')}.",
                    "Another command is at work on networks, or the folder cannot be written to.");
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
