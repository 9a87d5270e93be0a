using System.Collections.Concurrent;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// Threads that do work inside network namespaces. Namespaces belong to threads, so no thread that anyone else uses may
/// enter one; these are ours alone, end with us, and therefore never have to find their way back.
/// </summary>
/// <param name="limit">
/// How many there may be; with 0, whoever calls does the work, on a thread that nobody else uses.
/// </param>
internal sealed class NamespaceThreads(int limit) : IDisposable
{
    private const string EnterStep = "setns ";
    private static readonly TimeSpan s_waitingInterval = TimeSpan.FromMilliseconds(100);
    private readonly BlockingCollection<Action> _work = [];
    private readonly List<Thread> _threads = [];
    private int _busy;

    /// <summary>Called now and then by who waits for work to be done.</summary>
    public Action Waiting { get; init; } = static () => { };

    /// <summary>Runs the work inside the namespace and waits for it.</summary>
    /// <exception cref="NetlinkException">The namespace cannot be entered; or whatever the work throws.</exception>
    public T Run<T>(NamespaceHandle target, Func<T> work) => Await(Start(target, work));

    /// <summary>Waits for work that was started.</summary>
    public T Await<T>(Task<T> work)
    {
        try
        {
            while (!work.Wait(s_waitingInterval)) Waiting();
        }
        catch (AggregateException)
        {
            // How it failed is told below, as it was thrown.
        }

        return work.GetAwaiter().GetResult();
    }

    /// <summary>Runs the work inside the namespace while the caller goes on; the namespace must stay open until it is done.</summary>
    /// <param name="target">The namespace; null for that which the thread happens to be in, at first the host's.</param>
    /// <param name="work">The work.</param>
    public Task<T> Start<T>(NamespaceHandle? target, Func<T> work)
    {
        TaskCompletionSource<T> completion = new();
        if (Interlocked.Increment(ref _busy) > _threads.Count && _threads.Count < limit) AddThread();
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

    /// <summary>Moves the calling thread into the namespace for good; it must be one that nobody else uses.</summary>
    /// <exception cref="NetlinkException">The namespace cannot be entered.</exception>
    public static void Enter(NamespaceHandle target)
    {
        if (LibC.setns(target.Descriptor, LibC.CLONE_NEWNET) >= 0) return;
        throw new NetlinkException(
            EnterStep + target.Name,
            Errno.Last,
            privilege: $"CAP_SYS_ADMIN, in its own user namespace or in the one that owns {target.Name}");
    }

    /// <summary>Whether what failed was to enter a namespace, so that nothing has been done in it.</summary>
    public static bool IsRefusal(Exception failure) =>
        failure is NetlinkException e && e.Step.StartsWith(EnterStep, StringComparison.Ordinal);

    public void Dispose()
    {
        _work.CompleteAdding();
        foreach (Thread thread in _threads) thread.Join();
        _work.Dispose();
    }

    private void AddThread()
    {
        Thread thread = new(Loop) { IsBackground = true, Name = "MacIpvlan namespaces" };
        _threads.Add(thread);
        thread.Start();
    }

    private void Loop()
    {
        foreach (Action work in _work.GetConsumingEnumerable()) work();
    }
}
