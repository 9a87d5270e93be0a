using System.Collections.Concurrent;
using System.Diagnostics;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Connects NICs in the order they come. NICs in quick succession pass three stages, each on its own thread: on the
/// caller's thread they are planned, then addresses are allocated, then the kernel creates the NICs and they are
/// recorded. Each result is reported, in order, when a later NIC is started or the pipeline pauses.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="ended">Called on the caller's thread with each input and its outcome, in order of the starts.</param>
public sealed class ConnectPipeline(NetworkSession session, Action<object, ConnectOutcome> ended) : IDisposable
{
    private const int MaxStarted = 32;

    // A transaction itself takes longer than the writes in it, so several NICs share one.
    private const int MaxReserved = 8;
    private const int MaxRecorded = 16;

    // A caller that takes longer to start the next NIC may be waiting for this one.
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(1);
    private readonly ConnectSteps _steps = new(session);
    private readonly Queue<Connection> _started = new();
    private readonly BlockingCollection<Connection> _planned = [];

    // While it is full, the previous stage waits, and more NICs are planned for the next transaction.
    private readonly BlockingCollection<(Connection Connection, PlannedNic Nic)> _reserved = new(boundedCapacity: MaxReserved);
    private readonly List<Thread> _threads = [];
    private readonly List<NetworkSession> _sessions = [];
    private readonly List<Connection> _reserving = [];
    private readonly List<(Connection Connection, PlannedNic Nic)> _made = [];
    private volatile bool _isEnding;
    private long _lastStart;

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
            bool isQuick = session.Trace is null && Stopwatch.GetElapsedTime(_lastStart) < s_quick;
            if (!isQuick) Finish();
            Enqueue(new(input, target, _steps.Plan(wanted with { AnnouncesAside = isQuick }), new()));
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
        _planned.CompleteAdding();
        ContainerNic[] unreported = [.. _started.Select(static c => c.Outcome.Task.GetAwaiter().GetResult().Nic).OfType<ContainerNic>()];
        foreach (Thread thread in _threads) thread.Join();
        session.RollBack(() => DisconnectPipeline.All(session, unreported));
        foreach (Connection connection in _started) connection.Target.Dispose();
        foreach (NetworkSession branch in _sessions) branch.Dispose();
        _planned.Dispose();
        _reserved.Dispose();
    }

    private void Enqueue(Connection connection)
    {
        // A stage that can't be started fails this NIC, and is tried again with the next one.
        if (_threads.Count < 1) StartStage("reserve NICs", Reserve, FailReservations);
        if (_threads.Count < 2) StartStage("make NICs", MakeAndRecord, FailMaking);
        _started.Enqueue(connection);
        _planned.Add(connection);
    }

    private void StartStage(string name, Action<ConnectSteps> stage, Action<Exception> failed)
    {
        NetworkSession branch = session.Branch();
        try
        {
            ConnectSteps steps = new(branch);
            _threads.Add(WorkerThread.Start(name, () => stage(steps), failed));
            _sessions.Add(branch);
        }
        catch
        {
            branch.Dispose();
            throw;
        }
    }

    // The second stage: allocates addresses for all NICs planned so far, in one transaction.
    private void Reserve(ConnectSteps steps)
    {
        foreach (Connection first in _planned.GetConsumingEnumerable())
        {
            try
            {
                _reserving.Add(first);
                while (_reserving.Count < MaxReserved && _planned.TryTake(out Connection? next)) _reserving.Add(next);
                if (_isEnding) throw new OperationCanceledException();
                IReadOnlyList<NicGrant> grants = steps.Reserve([.. _reserving.Select(static c => c.Plan)]);
                foreach ((Connection connection, NicGrant grant) in _reserving.Zip(grants))
                {
                    if (grant.Nic is null) connection.Outcome.SetResult(new(null, grant.Refusal));
                    else _reserved.Add((connection, connection.Plan with { Nic = grant.Nic }));
                }
            }
            catch (Exception e)
            {
                Fail(_reserving, e);
            }

            _reserving.Clear();
        }

        _reserved.CompleteAdding();
    }

    // The caller goes on to plan NICs, and waits for each.
    private void FailReservations(Exception reason)
    {
        Fail(_reserving.Concat(_planned.GetConsumingEnumerable()), reason);
        _reserved.CompleteAdding();
    }

    private void FailMaking(Exception reason) =>
        Fail(_made.Concat(_reserved.GetConsumingEnumerable()).Select(static m => m.Connection), reason);

    // The third stage: the kernel creates one NIC after the other; finished ones are recorded when no other is waiting.
    private void MakeAndRecord(ConnectSteps steps)
    {
        foreach ((Connection connection, PlannedNic reserved) in _reserved.GetConsumingEnumerable())
        {
            try
            {
                _made.Add((connection, steps.Make(reserved)));
            }
            catch (Exception e)
            {
                Fail([connection], e);
            }

            if (_made.Count == MaxRecorded || _reserved.Count == 0) Record(steps);
        }
    }

    private void Record(ConnectSteps steps)
    {
        if (_made.Count == 0) return;
        try
        {
            IReadOnlyList<ConnectOutcome> outcomes = steps.Record([.. _made.Select(static m => m.Nic)]);
            foreach (((Connection connection, _), ConnectOutcome outcome) in _made.Zip(outcomes)) connection.Outcome.SetResult(outcome);
        }
        catch (Exception e)
        {
            Fail(_made.Select(static m => m.Connection), e);
        }

        _made.Clear();
    }

    // The caller waits for an outcome, so any failure must set one.
    private static void Fail(IEnumerable<Connection> connections, Exception reason)
    {
        foreach (Connection connection in connections) connection.Outcome.TrySetResult(new(null, reason));
    }

    private void Finish(int remaining)
    {
        if (_started.Count <= remaining) return;
        _ = session.Namespaces.Await(_started.ElementAt(_started.Count - remaining - 1).Outcome.Task);
        while (_started.Count > remaining)
        {
            Connection first = _started.Dequeue();
            ConnectOutcome outcome;
            using (first.Target) outcome = first.Outcome.Task.GetAwaiter().GetResult();
            ended(first.Input, outcome);
        }
    }

    private sealed record Connection(object Input, NicTarget Target, PlannedNic Plan, TaskCompletionSource<ConnectOutcome> Outcome);
}
