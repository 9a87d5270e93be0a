using System.Diagnostics;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Connects NICs in the order they come. NICs in quick succession are planned on the caller's thread; a second thread
/// allocates their addresses, and records them when a third has made them in the kernel. NICs that wait for a DHCP server
/// each have a thread instead of the third, so that they wait at the same time, except for those of one container. Each
/// result is reported, in order, when a later NIC is started or the pipeline pauses.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="ended">Called on the caller's thread with each input and its outcome, in order of the starts.</param>
public sealed class ConnectPipeline(NetworkSession session, Action<object, ConnectOutcome> ended) : IDisposable
{
    // A transaction and a wake-up each take longer than what is done for one NIC, so several NICs share them.
    private const int MaxBatch = 16;

    // While one batch is made, the one before is recorded, the one after is reserved, and another is planned.
    private const int MaxStarted = 4 * MaxBatch;

    // A caller that takes longer to start the next NIC may be waiting for this one.
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(1);
    private readonly ConnectSteps _steps = new(session);
    private readonly Queue<Connection> _started = new();
    private readonly List<Thread> _threads = [];
    private readonly List<NetworkSession> _sessions = [];
    private volatile bool _isEnding;
    private long _lastStart;

    // What one thread leaves to another. The lock guards these.
    private readonly object _handover = new();
    private readonly List<Connection> _planned = [];
    private readonly List<Connection> _reserved = [];
    private readonly List<Connection> _made = [];
    private Exception? _failure;
    private bool _isOver;

    /// <summary>Starts to connect a NIC.</summary>
    /// <param name="input">The input that the caller specified for the target.</param>
    /// <param name="open">Opens the target; the pipeline disposes it.</param>
    /// <param name="request">Creates the request for the target; null if there is nothing to do.</param>
    public void Start(object input, Func<NicTarget> open, Func<NicTarget, NicRequest?> request)
    {
        session.ThrowIfStopping();
        NicTarget? target = null;
        try
        {
            target = open();
            if (request(target) is not NicRequest wanted) return;
            // The trace of one NIC doesn't mix with that of the next.
            bool isQuick = session.Trace is null && (wanted.AsksServer || Stopwatch.GetElapsedTime(_lastStart) < s_quick);
            if (!isQuick) Finish();
            else while (_started.TryPeek(out Connection? first) && first.Outcome.IsCompleted) ReportFirst();
            Enqueue(new(input, target, _steps.Plan(wanted with { AnnouncesAside = isQuick })));
            target = null;
            if (!isQuick) Finish();
            // Half of them at once, because each wait costs a wake-up.
            else if (_started.Count == MaxStarted) Finish(MaxStarted / 2);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            Finish();
            ended(input, new(null, e));
        }
        finally
        {
            target?.Dispose();
            _lastStart = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Waits until each NIC that was started is connected or has failed.</summary>
    public void Finish() => Finish(remaining: 0);

    /// <summary>Disconnects the NICs that were started but not reported.</summary>
    public void Dispose()
    {
        _isEnding = true;
        ContainerNic[] unreported = [.. _started.Select(static c => c.Outcome.GetAwaiter().GetResult().Nic).OfType<ContainerNic>()];
        lock (_handover)
        {
            _isOver = true;
            Monitor.PulseAll(_handover);
        }

        foreach (Thread thread in _threads) thread.Join();
        session.RollBack(() => DisconnectPipeline.All(session, unreported));
        foreach (Connection connection in _started) connection.Target.Dispose();
        foreach (NetworkSession branch in _sessions) branch.Dispose();
    }

    private void Enqueue(Connection connection)
    {
        // A stage that can't be started fails this NIC, and is tried again with the next one.
        if (_threads.Count < 1) StartStage("record NICs", ReserveAndRecord);
        if (_threads.Count < 2) StartStage("make NICs", Make);
        connection.Before = FindWaiting(connection);
        if (connection.Nic.Request.AsksServer || connection.Before is not null) connection.Session = session.Branch();
        _started.Enqueue(connection);
        Pass([connection], _planned);
    }

    // The order of the NICs of a container decides their names, and by that how servers know them, and which one has the
    // default route.
    private Connection? FindWaiting(Connection connection) => _started.LastOrDefault(c =>
        c.Session is not null && !c.Outcome.IsCompleted && c.Nic.Request.Target.Identity == connection.Nic.Request.Target.Identity);

    private void StartStage(string name, Action<ConnectSteps> stage)
    {
        NetworkSession branch = session.Branch();
        try
        {
            ConnectSteps steps = new(branch);
            _threads.Add(WorkerThread.Start(name, () => stage(steps), Abandon));
            _sessions.Add(branch);
        }
        catch
        {
            branch.Dispose();
            throw;
        }
    }

    // The second thread.
    private void ReserveAndRecord(ConnectSteps steps)
    {
        while (true)
        {
            Connection[] planned = [], made = [];
            lock (_handover)
            {
                // The longer a reservation waits, the more NICs share it. It's early enough while others are being made.
                while (!_isOver && !CanReserve && _made.Count == 0) Monitor.Wait(_handover);
                if (_isOver) return;
                if (CanReserve) planned = Take(_planned);
                else made = Take(_made);
            }

            if (planned.Length > 0) Reserve(steps, planned);
            else Record(steps, made);
        }
    }

    private bool CanReserve => _planned.Count > 0 && _reserved.Count == 0;

    private void Reserve(ConnectSteps steps, Connection[] planned)
    {
        try
        {
            if (_isEnding) throw new OperationCanceledException();
            IReadOnlyList<NicGrant> grants = steps.Reserve([.. planned.Select(static c => c.Nic)]);
            foreach ((Connection connection, NicGrant grant) in planned.Zip(grants))
            {
                if (grant.Nic is null) connection.End(new(null, grant.Refusal));
                else connection.Nic = connection.Nic with { Nic = grant.Nic, IsAlone = grant.IsAlone };
            }

            Pass(planned.Where(static c => !c.Outcome.IsCompleted), _reserved);
        }
        catch (Exception e)
        {
            Fail(planned, e);
        }
    }

    private static void Record(ConnectSteps steps, Connection[] made)
    {
        try
        {
            IReadOnlyList<ConnectOutcome> outcomes = steps.Record([.. made.Select(static c => c.Nic)]);
            foreach ((Connection connection, ConnectOutcome outcome) in made.Zip(outcomes)) connection.End(outcome);
        }
        catch (Exception e)
        {
            Fail(made, e);
        }
    }

    // The third thread: the kernel creates one NIC after the other.
    private void Make(ConnectSteps steps)
    {
        List<Connection> unrecorded = [];
        while (true)
        {
            Connection[] reserved;
            lock (_handover)
            {
                while (!_isOver && _reserved.Count == 0) Monitor.Wait(_handover);
                if (_isOver) return;
                reserved = Take(_reserved);
                // The next ones can be reserved.
                Monitor.PulseAll(_handover);
            }

            foreach (Connection connection in reserved)
            {
                if (connection.Session is NetworkSession own) MakeAlone(steps, own, connection, [.. unrecorded]);
                else Make(steps, connection, unrecorded);
            }

            Pass(reserved.Where(static c => c.Session is null && !c.Outcome.IsCompleted), _made);
        }
    }

    // One that waits for a server, or for a NIC of its container that does.
    private void MakeAlone(ConnectSteps steps, NetworkSession own, Connection connection, List<Connection> unrecorded)
    {
        try
        {
            WorkerThread.Start("make a NIC", Run, e => connection.End(new(null, e)));
        }
        catch (NetlinkException e)
        {
            own.Dispose();
            steps.GiveUp(connection.Nic);
            connection.End(new(null, e));
        }

        void Run()
        {
            connection.Before?.Outcome.Wait();
            using (own) Make(new ConnectSteps(own), connection, unrecorded);
            if (!connection.Outcome.IsCompleted) Pass([connection], _made);
        }
    }

    private void Make(ConnectSteps steps, Connection connection, List<Connection> unrecorded)
    {
        try
        {
            if (_isEnding)
            {
                steps.GiveUp(connection.Nic);
                throw new OperationCanceledException();
            }

            unrecorded.RemoveAll(static c => c.Outcome.IsCompleted);
            connection.Nic = steps.Make(connection.Nic, unrecorded.Select(static c => c.Nic));
            unrecorded.Add(connection);
        }
        catch (Exception e)
        {
            connection.End(new(null, e));
        }
    }

    private void Pass(IEnumerable<Connection> connections, List<Connection> next)
    {
        lock (_handover)
        {
            bool wasEmpty = next.Count == 0;
            next.AddRange(connections);
            if (_failure is not null) FailAll();
            else if (wasEmpty) Monitor.PulseAll(_handover);
        }
    }

    private static Connection[] Take(List<Connection> from)
    {
        Connection[] taken = [.. from.Take(MaxBatch)];
        from.RemoveRange(0, taken.Length);
        return taken;
    }

    // A thread has failed, and nobody does its part any more.
    private void Abandon(Exception reason)
    {
        lock (_handover)
        {
            _failure = reason;
            FailAll();
        }
    }

    private void FailAll()
    {
        foreach (List<Connection> connections in (List<Connection>[])[_planned, _reserved, _made])
        {
            Fail(connections, _failure!);
            connections.Clear();
        }
    }

    // The caller waits for an outcome, so any failure must set one.
    private static void Fail(IEnumerable<Connection> connections, Exception reason)
    {
        foreach (Connection connection in connections) connection.End(new(null, reason));
    }

    private void Finish(int remaining)
    {
        if (_started.Count <= remaining) return;
        _ = session.Namespaces.Await(_started.ElementAt(_started.Count - remaining - 1).Outcome);
        while (_started.Count > remaining) ReportFirst();
    }

    private void ReportFirst()
    {
        Connection first = _started.Dequeue();
        ConnectOutcome outcome;
        using (first.Target) outcome = Repeat(first.Nic.Request, first.Outcome.GetAwaiter().GetResult());
        ended(first.Input, outcome);
    }

    // If another command has changed the network since the NIC was planned, it is connected as the network is now.
    private ConnectOutcome Repeat(NicRequest request, ConnectOutcome outcome)
    {
        if (outcome.Failure is not NetworkException { Error: NetworkError.NetworkChanged }) return outcome;
        try
        {
            return new(_steps.Connect(_steps.Renew(request)), null);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            return new(null, e);
        }
    }

    private sealed class Connection(object input, NicTarget target, PlannedNic nic)
    {
        private readonly TaskCompletionSource<ConnectOutcome> _outcome = new();

        public object Input => input;

        public NicTarget Target => target;

        // As planned, as reserved, or as made.
        public PlannedNic Nic { get; set; } = nic;

        // That of its own thread, if it has one.
        public NetworkSession? Session { get; set; }

        // The one that has to be made first; null if there is none.
        public Connection? Before { get; set; }

        public Task<ConnectOutcome> Outcome => _outcome.Task;

        public void End(ConnectOutcome outcome) => _outcome.TrySetResult(outcome);
    }
}
