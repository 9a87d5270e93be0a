namespace MacIpvlan.Linux;

/// <summary>
/// Starts the threads of this module. An exception that leaves a thread ends the process, which is the user's shell. So
/// all threads are started here, and what their work throws is passed to whoever waits for it.
/// </summary>
internal static class WorkerThread
{
    /// <summary>Starts a background thread.</summary>
    /// <param name="name">The thread's name in debuggers.</param>
    /// <param name="work">The work.</param>
    /// <param name="failed">Called on the thread with the exception that the work throws.</param>
    /// <exception cref="NetlinkException">EAGAIN: the process can't have another thread.</exception>
    public static Thread Start(string name, Action work, Action<Exception> failed)
    {
        Thread thread = new(() => Run(work, failed)) { Name = name, IsBackground = true };
        try
        {
            thread.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            throw new NetlinkException("clone(CLONE_THREAD)", Errno.EAGAIN, "this process has no room for another thread");
        }

        return thread;
    }

    private static void Run(Action work, Action<Exception> failed)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            try
            {
                failed(e);
            }
            catch (Exception)
            {
                // Whoever waits can't be reached. The process and its other commands go on.
            }
        }
    }
}
