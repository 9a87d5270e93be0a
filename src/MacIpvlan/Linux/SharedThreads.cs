using System.Globalization;
using System.Net.Sockets;

namespace MacIpvlan.Linux;

/// <summary>
/// Keeps the runtime's shared threads out of a namespace in which a thread runs code of others. The kernel puts a new thread into the
/// namespace of the one that starts it, and the runtime starts its workers, waiters, timers and socket engines on whichever thread needs
/// one first. So they're started before, and there are always enough of them until this is disposed.
/// </summary>
internal sealed class SharedThreads : IDisposable
{
    private const int MostWorkers = 64;

    // Idle workers end after 20 seconds.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);
    private static readonly Lazy<bool> s_sockets = new(StartSockets);
    private readonly ManualResetEvent _end = new(false);
    private readonly RegisteredWaitHandle _waiter;
    private readonly Timer _timer;

    /// <summary>Starts the threads. Call it on a thread in the host's namespace.</summary>
    public SharedThreads()
    {
        _ = s_sockets.Value;
        _waiter = ThreadPool.RegisterWaitForSingleObject(_end, static (_, _) => { }, null, Timeout.Infinite, executeOnlyOnce: true);
        _timer = new Timer(static _ => Try(static () => Occupy(static () => { })), null, s_interval, s_interval);
        Occupy(static () => { });
    }

    /// <summary>Takes workers of the thread pool that are in another namespace after all back to the host's.</summary>
    /// <param name="foreign">That namespace.</param>
    /// <param name="own">The host's namespace.</param>
    public static void Recall(NamespaceIdentity foreign, NamespaceHandle own)
    {
        // As a rule, nobody is there.
        if (CountIn(foreign) == 0) return;
        Occupy(() =>
        {
            if (NamespaceHandle.ThreadIdentity == foreign) NamespaceThreads.Enter(own);
        });
    }

    /// <summary>The number of this process's threads in a namespace.</summary>
    public static int CountIn(NamespaceIdentity identity)
    {
        string link = string.Create(CultureInfo.InvariantCulture, $"net:[{identity.Inode}]");
        return Directory.EnumerateDirectories("/proc/self/task").Count(t => IsAt(t, link));
    }

    public void Dispose()
    {
        _timer.Dispose();
        _waiter.Unregister(null);
        _end.Dispose();
    }

    private static bool IsAt(string task, string link)
    {
        try
        {
            return new FileInfo($"{task}/ns/net").LinkTarget == link;
        }
        catch (IOException)
        {
            // The thread has ended.
            return false;
        }
    }

    // Gives all workers something to do at the same time: while one of them waits, the pool needs the next.
    private static void Occupy(Action work)
    {
        ThreadPool.GetMinThreads(out int least, out _);
        int wanted = Math.Min(Math.Max(least, ThreadPool.ThreadCount), MostWorkers);
        CountdownEvent arrived = new(wanted);
        for (int i = 0; i < wanted; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    Try(work);
                    arrived.Signal();
                    arrived.Wait(s_patience);
                },
                null);
        }

        arrived.Wait(s_patience);
    }

    // An exception that leaves a shared thread ends the process.
    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception)
        {
            // The thread stays where it is.
        }
    }

    // One asynchronous operation starts the engines of all sockets. Nothing is sent.
    private static bool StartSockets()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        using CancellationTokenSource end = new();
        Task<int> receiving = socket.ReceiveAsync(new byte[1], SocketFlags.None, end.Token).AsTask();
        end.Cancel();
        return Task.WhenAny(receiving).Wait(s_patience);
    }
}
