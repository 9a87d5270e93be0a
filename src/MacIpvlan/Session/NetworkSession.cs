using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>What one command works with: the state, a socket on the host, threads that enter namespaces.</summary>
/// <param name="openState">Opens the state when it is first needed; is told how to wait for others.</param>
public sealed class NetworkSession(Func<Action<TimeSpan>, IStateStore> openState) : IDisposable
{
    /// <summary>How many things may be done at once.</summary>
    internal const int MaxThreads = 32;

    private IStateStore? _state;
    private RouteSocket? _host;
    private NamespaceThreads? _namespaces;
    private NamespaceFinder? _finder;
    private ContainerFinder? _containers;
    // One thread may be undoing while another is not.
    [ThreadStatic]
    private static bool t_isRollingBack;
    private bool _isRecovered;
    private bool _isBranch;

    /// <summary>Told of each step, before it is taken, as the command that does the same; may be called on any thread.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>Told of what was done otherwise than asked; may be called on any thread.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>
    /// Told what the command has come to, or null for that it still waits; may be called on any thread, at any time, and
    /// does not throw.
    /// </summary>
    public Action<WorkProgress?> Progress { get; init; } = static _ => { };

    /// <summary>Opens the container runtimes of this host when one is first needed.</summary>
    public Func<IReadOnlyList<IContainerRuntime>> OpenRuntimes { get; init; } = static () => [];

    /// <summary>Puts right what commands that died left half done: <see cref="Recovery"/>.</summary>
    public Action<NetworkSession> Recovering { get; init; } = static _ => { };

    /// <summary>Cancelled when the command is to end: it then ends at its next wait, or before its next step.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>The state.</summary>
    public IStateStore State => _state ??= openState(Pause);

    /// <summary>A socket in the host's namespace.</summary>
    internal RouteSocket Host => _host ??= RouteSocket.Open(trace: Trace);

    /// <summary>The threads that enter namespaces.</summary>
    internal NamespaceThreads Namespaces => _namespaces ??= new NamespaceThreads(MaxThreads) { Waiting = StillWaiting };

    /// <summary>Finds namespaces again.</summary>
    internal NamespaceFinder Finder => _finder ??= new NamespaceFinder(Namespaces);

    /// <summary>Finds the namespaces of containers.</summary>
    internal ContainerFinder Containers => _containers ??= new ContainerFinder(OpenRuntimes(), Stopping);

    /// <summary>
    /// A session for work on another thread that nobody else uses, which enters namespaces itself; to be asked for in the
    /// host's namespace. It shares the state with this one, and nothing else.
    /// </summary>
    internal NetworkSession Branch()
    {
        IStateStore state = State;
        return new NetworkSession(_ => state)
        {
            Trace = Trace,
            Warn = Warn,
            OpenRuntimes = OpenRuntimes,
            Recovering = Recovering,
            Stopping = Stopping,
            _isBranch = true,
            _isRecovered = _isRecovered,
            _host = RouteSocket.Open(trace: Trace),
            _namespaces = new NamespaceThreads(0),
        };
    }

    /// <summary>Puts right, once, what commands that died left half done. For all that changes something.</summary>
    internal void Recover()
    {
        if (_isRecovered) return;
        _isRecovered = true;
        Recovering(this);
    }

    /// <summary>
    /// Ends the threads that are in namespaces, and would keep those alive. For commands that go on for long; when nothing
    /// is done on those threads.
    /// </summary>
    internal void LeaveNamespaces()
    {
        _namespaces?.Dispose();
        (_namespaces, _finder) = (null, null);
    }

    /// <summary>Waits for so long; the one way to wait for others.</summary>
    /// <exception cref="OperationCanceledException">The command is to end.</exception>
    internal void Pause(TimeSpan time)
    {
        StillWaiting();
        if (t_isRollingBack) Thread.Sleep(time);
        else if (Stopping.WaitHandle.WaitOne(time)) ThrowIfStopping();
    }

    private void StillWaiting() => Progress(null);

    /// <summary>To be called where nothing is half-made.</summary>
    /// <exception cref="OperationCanceledException">The command is to end.</exception>
    internal void ThrowIfStopping()
    {
        if (!t_isRollingBack) Stopping.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Undoes a step of something that failed, even when the command is to end: a second failure is told of, and does
    /// not hide the first.
    /// </summary>
    internal void RollBack(Action undo)
    {
        bool outer = t_isRollingBack;
        t_isRollingBack = true;
        try
        {
            undo();
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            Warn($"Not all could be undone: {e.Message}");
        }
        finally
        {
            t_isRollingBack = outer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _containers?.Dispose();
        _namespaces?.Dispose();
        _host?.Dispose();
        if (!_isBranch) _state?.Dispose();
    }
}
