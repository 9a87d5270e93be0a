using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The resources of one command: the state, a socket on the host, and threads that enter namespaces.</summary>
/// <param name="openState">
/// Opens the state when it's first needed. Its argument is how to wait for other processes.
/// </param>
public sealed class NetworkSession(Func<Action<TimeSpan>, IStateStore> openState) : IDisposable
{
    /// <summary>The highest number of operations in parallel.</summary>
    internal const int MaxThreads = 32;

    private IStateStore? _state;
    private RouteSocket? _host;
    private NamespaceThreads? _namespaces;
    private NamespaceFinder? _finder;
    private NamespaceHandle? _ownNamespace;
    private ContainerFinder? _containers;
    private AddressDatabases? _databases;
    // Per thread: one thread can be rolling back while others go on.
    [ThreadStatic]
    private static bool t_isRollingBack;
    private bool _isRecovered;
    private bool _isBranch;

    /// <summary>Called before each step with the equivalent command. Can be called on any thread.</summary>
    public Action<string>? Trace
    {
        get;
        init => field = value is null ? null : text => value(PrintableText.Clean(text));
    }

    /// <summary>Called with the text of each warning. Can be called on any thread.</summary>
    public Action<string> Warn
    {
        get;
        init => field = text => value(PrintableText.Clean(text));
    } = static _ => { };

    /// <summary>
    /// Called with the command's progress, or null while it's waiting. Can be called on any thread at any time, and
    /// doesn't throw.
    /// </summary>
    public Action<WorkProgress?> Progress { get; init; } = static _ => { };

    /// <summary>Opens the container runtimes of this host when they're first needed.</summary>
    public Func<IReadOnlyList<IContainerRuntime>> OpenRuntimes { get; init; } = static () => [];

    /// <summary>Opens an address database; no server is asked yet.</summary>
    public Func<AddressDatabaseRecord, IAddressDatabase> OpenDatabase { get; init; } =
        static d => throw new NetworkException(
            NetworkError.AddressDatabaseUnavailable, $"Nothing here can reach the address database '{d.Name}'.", $"Use the cmdlets of the module: Test-AddressDatabase {d.Name}.");

    /// <summary>Completes or undoes changes that killed commands left incomplete: <see cref="Recovery"/>.</summary>
    public required Action<NetworkSession> Recovering { get; init; }

    /// <summary>Canceled when the command must stop. It then stops at its next wait, or before its next step.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>The state.</summary>
    public IStateStore State => _state ??= openState(Pause);

    /// <summary>Whether the state has been opened.</summary>
    internal bool HasState => _state is not null;

    /// <summary>A socket in the host's namespace.</summary>
    internal RouteSocket Host => _host ??= RouteSocket.Open(trace: Trace);

    /// <summary>The threads that enter namespaces.</summary>
    internal NamespaceThreads Namespaces => _namespaces ??= new NamespaceThreads(MaxThreads) { Waiting = StillWaiting };

    /// <summary>Finds recorded namespaces.</summary>
    internal NamespaceFinder Finder => _finder ??= new NamespaceFinder(Namespaces, ThrowIfStopping);

    /// <summary>The host's namespace: the one that this process was started in.</summary>
    internal NamespaceHandle OwnNamespace => _ownNamespace ??= NamespaceHandle.OpenOwn();

    /// <summary>Finds the namespaces of containers.</summary>
    internal ContainerFinder Containers => _containers ??= new ContainerFinder(OpenRuntimes(), Stopping);

    /// <summary>The address databases that hosts share.</summary>
    internal AddressDatabases Databases => _databases ??= new AddressDatabases(this, OpenDatabase);

    /// <summary>
    /// Creates a session for a dedicated thread that enters namespaces itself. Call this method in the host's
    /// namespace. The new session shares only the state and the address databases with this one.
    /// </summary>
    internal NetworkSession Branch()
    {
        IStateStore state = State;
        return new NetworkSession(_ => state)
        {
            Trace = Trace,
            Warn = Warn,
            OpenRuntimes = OpenRuntimes,
            OpenDatabase = OpenDatabase,
            Recovering = Recovering,
            Stopping = Stopping,
            _databases = Databases,
            _isBranch = true,
            _isRecovered = _isRecovered,
            _host = RouteSocket.Open(trace: Trace),
            _namespaces = new NamespaceThreads(0),
        };
    }

    /// <summary>Runs <see cref="Recovering"/> once. Operations that change something call this method first.</summary>
    internal void Recover()
    {
        if (_isRecovered) return;
        _isRecovered = true;
        Recovering(this);
    }

    /// <summary>
    /// Ends the threads in namespaces, which would keep the namespaces alive. For long-running commands, while no work
    /// runs on those threads.
    /// </summary>
    internal void LeaveNamespaces()
    {
        _namespaces?.Dispose();
        (_namespaces, _finder) = (null, null);
    }

    /// <summary>Waits for a time. Every wait for another process uses this method.</summary>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    internal void Pause(TimeSpan time)
    {
        StillWaiting();
        if (t_isRollingBack) Thread.Sleep(time);
        else if (Stopping.WaitHandle.WaitOne(time)) ThrowIfStopping();
    }

    /// <summary>Called at intervals during a wait that can't be ended.</summary>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    internal void Wait()
    {
        StillWaiting();
        ThrowIfStopping();
    }

    private void StillWaiting() => Progress(null);

    /// <summary>Stops the command if requested. Call this method only between complete steps.</summary>
    /// <exception cref="OperationCanceledException">The command must stop.</exception>
    internal void ThrowIfStopping()
    {
        if (!t_isRollingBack) Stopping.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Undoes a step of a failed operation, even if the command must stop. If this fails too, it causes a warning, so
    /// that the first failure isn't hidden.
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
            Warn($"A step couldn't be undone: {e.Message}");
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
        _ownNamespace?.Dispose();
        if (!_isBranch) _state?.Dispose();
    }
}
