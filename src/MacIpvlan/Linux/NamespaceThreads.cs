using System.Collections.Concurrent;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// Threads that work inside network namespaces. A thread's namespace affects all code that runs on it, so only
/// dedicated threads enter namespaces. They end with this object and never switch back.
/// </summary>
/// <param name="limit">
/// The highest number of threads. If it's 0, the caller does the work, on a thread that no other code uses.
/// </param>
internal sealed class NamespaceThreads(int limit) : IDisposable
{
    private const string EnterStep = "setns ";
    private static readonly TimeSpan s_waitingInterval = TimeSpan.FromMilliseconds(100);
    private readonly BlockingCollection<Action> _work = [];
    private readonly List<Thread> _threads = [];
    private int _busy;

    /// <summary>Called at intervals while a caller waits for work to finish.</summary>
    public Action Waiting { get; init; } = static () => { };

    /// <summary>Runs work inside the namespace and waits for it.</summary>
    /// <exception cref="NetlinkException">
    /// The namespace can't be entered, or no thread can be started. Exceptions of the work are passed on.
    /// </exception>
    public T Run<T>(NamespaceHandle target, Func<T> work)
    {
        T? result = default;
        // A task of a number isn't compiled ahead of time.
        Await(Start<object?>(target, () =>
        {
            result = work();
            return null;
        }));
        return result!;
    }

    /// <summary>Waits for work that was started.</summary>
    public T Await<T>(Task<T> work)
    {
        try
        {
            while (!work.Wait(s_waitingInterval)) Waiting();
        }
        catch (AggregateException)
        {
            // GetResult below throws the original exception.
        }

        return work.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Starts work inside the namespace and doesn't wait for it. The namespace must stay open until the work is done.
    /// </summary>
    /// <param name="target">
    /// The namespace; null for the thread's current namespace, which is initially the host's.
    /// </param>
    /// <param name="work">The work.</param>
    /// <exception cref="NetlinkException">EAGAIN: no thread can be started.</exception>
    public Task<T> Start<T>(NamespaceHandle? target, Func<T> work)
    {
        TaskCompletionSource<T> completion = new();
        if (Interlocked.Increment(ref _busy) > _threads.Count && _threads.Count < limit) TryAddThread();
        Action run = () =>
        {
            try
            {
                if (target is not null) Enter(target);
                T result = work();
                Interlocked.Decrement(ref _busy);
                completion.SetResult(result);
            }
            catch (Exception e)
            {
                Interlocked.Decrement(ref _busy);
                completion.SetException(e);
            }
        };
        if (limit == 0) run();
        else _work.Add(run);
        return completion.Task;
    }

    /// <summary>Moves the calling thread into the namespace permanently. No other code can use the thread.</summary>
    /// <exception cref="NetlinkException">The namespace can't be entered.</exception>
    public static void Enter(NamespaceHandle target)
    {
        if (LibC.setns(target.Descriptor, LibC.CLONE_NEWNET) >= 0) return;
        throw new NetlinkException(
            EnterStep + target.Name,
            Errno.Last,
            privilege: $"CAP_SYS_ADMIN, in its own user namespace or in the one that owns {target.Name}");
    }

    /// <summary>Whether entering a namespace failed, so that nothing has been done in it.</summary>
    public static bool IsRefusal(Exception failure) =>
        failure is NetlinkException e && e.Step.StartsWith(EnterStep, StringComparison.Ordinal);

    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (Thread thread in _threads) thread.Join();
        _work.Dispose();
    }

    private void TryAddThread()
    {
        try
        {
            // Each item passes its own exception on.
            _threads.Add(WorkerThread.Start("MacIpvlan namespaces", Loop, static _ => { }));
        }
        catch (NetlinkException)
        {
            // The existing threads do the work, but later.
            if (_threads.Count > 0) return;
            Interlocked.Decrement(ref _busy);
            throw;
        }
    }

    private void Loop()
    {
        foreach (Action work in _work.GetConsumingEnumerable()) work();
    }
}
