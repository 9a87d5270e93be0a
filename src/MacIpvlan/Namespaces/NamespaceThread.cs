using System.Runtime.ExceptionServices;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>
/// A thread of its own in a network namespace, for code of others. It enters the namespace, runs the code once, and ends. The process, its
/// other threads, and its files stay as they are: the thread has another network, but the same mounts, processes and users.
/// </summary>
public sealed class NamespaceThread : IDisposable
{
    private readonly SharedThreads _shared;
    private readonly NamespaceHandle _own;
    private readonly NamespaceIdentity _namespace;
    private readonly Thread _thread;
    private Exception? _failure;

    /// <summary>Starts the thread. The namespace must stay open until it ends.</summary>
    /// <param name="target">The namespace.</param>
    /// <param name="work">The code; not called if the namespace can't be entered.</param>
    /// <param name="ended">Called at the end in any case.</param>
    /// <exception cref="NetlinkException">EAGAIN: no thread can be started.</exception>
    public NamespaceThread(NamespaceHandle target, Action work, Action ended)
    {
        _namespace = target.Identity;
        _own = NamespaceHandle.OpenOwn();
        _shared = new SharedThreads();
        try
        {
            _thread = WorkerThread.Start("MacIpvlan invocation", () => Run(target, work, ended), static _ => { });
        }
        catch
        {
            _shared.Dispose();
            _own.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>Whether it has ended within the time.</returns>
    public bool Wait(TimeSpan time) => _thread.Join(time);

    /// <summary>Waits for the end, and throws what the code threw.</summary>
    /// <exception cref="NetlinkException">The namespace can't be entered.</exception>
    public void Finish()
    {
        _thread.Join();
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>Waits for the end.</summary>
    public void Dispose()
    {
        _thread.Join();
        SharedThreads.Recall(_namespace, _own);
        _shared.Dispose();
        _own.Dispose();
    }

    private void Run(NamespaceHandle target, Action work, Action ended)
    {
        try
        {
            NamespaceThreads.Enter(target);
            work();
        }
        catch (Exception e)
        {
            _failure = e;
        }
        finally
        {
            ended();
        }
    }
}
