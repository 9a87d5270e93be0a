using System.Runtime.ExceptionServices;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>
/// A thread that does work inside network namespaces. Namespaces belong to threads, so no thread that anyone else uses
/// may enter one; this one is ours alone, ends with us, and therefore never has to find its way back.
/// </summary>
internal sealed class NamespaceThread : IDisposable
{
    private readonly object _gate = new();
    private Thread? _thread;
    private Action? _work;
    private bool _ended;

    /// <summary>Runs the work inside the namespace and waits for it.</summary>
    /// <exception cref="NetlinkException">The namespace cannot be entered; or whatever the work throws.</exception>
    public T Run<T>(NamespaceHandle target, Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        lock (_gate)
        {
            _thread ??= Start();
            _work = () =>
            {
                try
                {
                    Enter(target);
                    result = work();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            };
            Monitor.PulseAll(_gate);
            while (_work is not null) Monitor.Wait(_gate);
        }

        failure?.Throw();
        return result!;
    }

    /// <summary>Moves the calling thread into the namespace for good; it must be one that nobody else uses.</summary>
    /// <exception cref="NetlinkException">The namespace cannot be entered.</exception>
    public static void Enter(NamespaceHandle target)
    {
        if (LibC.setns(target.Descriptor, LibC.CLONE_NEWNET) < 0) throw new NetlinkException($"setns {target.Name}", Errno.Last);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private Thread Start()
    {
        Thread thread = new(Loop) { IsBackground = true, Name = "MacIpvlan namespaces" };
        thread.Start();
        return thread;
    }

    private void Loop()
    {
        lock (_gate)
        {
            while (true)
            {
                while (_work is null && !_ended) Monitor.Wait(_gate);
                if (_work is null) return;
                _work();
                _work = null;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
