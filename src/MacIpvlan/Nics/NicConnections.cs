using System.Diagnostics;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Connects NICs in the order they come. As long as they come in quick succession, the kernel makes one, on a thread for
/// that, while addresses for the next are taken. What has become of one is then told when a later one comes.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="ended">Told, in the order of their starts: of which input, and what has become of it.</param>
public sealed class NicConnections(NetworkSession session, Action<object, NicOutcome> ended) : IDisposable
{
    private const int MaxStarted = 32;

    // A transaction takes longer than what is written in it.
    private const int MaxPlanned = 8;
    private const int MaxUnrecorded = 16;

    // Who takes longer to send the next one may be waiting for what becomes of this one.
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(1);
    private readonly NicConnector _connector = new(session);
    private readonly Queue<Connection> _started = new();
    private readonly List<Connection> _planned = [];
    private readonly NamespaceThreads _thread = new(1);
    private readonly List<(NicReservation Nic, Connection Connection)> _made = [];
    private NetworkSession? _branch;
    private NicConnector? _maker;
    private int _waiting;
    private long _lastStart;

    /// <summary>Starts to connect a NIC.</summary>
    /// <param name="input">What the target was asked for by.</param>
    /// <param name="open">Opens the target, which is disposed of here.</param>
    /// <param name="request">What is asked for, for that target; null if nothing is after all.</param>
    public void Start(object input, Func<NicTarget> open, Func<NicTarget, NicRequest?> request)
    {
        session.ThrowIfStopping();
        NicTarget? target = null;
        try
        {
            target = open();
            if (request(target) is not NicRequest wanted) return;
            // What is traced of one shall not come between what is of another.
            bool isQuick = session.Trace is null && Stopwatch.GetElapsedTime(_lastStart) < s_quick;
            if (!isQuick) Finish();
            Add(new(input, target, _connector.Plan(wanted with { AnnouncesAside = isQuick }), new()));
            target = null;
            if (!isQuick) Finish();
            // Half of them at once: who waits for each is woken for each.
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

    /// <summary>Waits until all that were started are connected, or are found not to be.</summary>
    public void Finish() => Finish(remaining: 0);

    /// <summary>Takes away again what was started and nobody was told of.</summary>
    public void Dispose()
    {
        lock (_planned)
        {
            foreach (Connection connection in _planned) connection.Outcome.SetResult(new(null, new OperationCanceledException()));
            _planned.Clear();
        }

        ContainerNic[] untold = [.. _started.Select(static c => c.Outcome.Task.GetAwaiter().GetResult().Nic).OfType<ContainerNic>()];
        session.RollBack(() => NicDisconnections.All(session, untold));
        foreach (Connection connection in _started) connection.Target.Dispose();
        _thread.Dispose();
        _branch?.Dispose();
    }

    private void Add(Connection connection)
    {
        _branch ??= session.Branch();
        _maker ??= new NicConnector(_branch);
        _started.Enqueue(connection);
        lock (_planned)
        {
            _planned.Add(connection);
            if (_planned.Count == MaxPlanned || Volatile.Read(ref _waiting) == 0) Reserve(_connector);
        }
    }

    // On the pipeline's thread as a rule; on the other one if that has nothing else to do.
    private void Reserve(NicConnector connector)
    {
        // Addresses are taken in the order of the inputs, whoever does so.
        lock (_planned)
        {
            if (_planned.Count == 0) return;
            try
            {
                IReadOnlyList<NicGrant> grants = connector.Reserve([.. _planned.Select(static p => p.Plan)]);
                foreach ((Connection connection, NicGrant grant) in _planned.Zip(grants))
                {
                    if (grant.Nic is null)
                    {
                        connection.Outcome.SetResult(new(null, grant.Refusal));
                        continue;
                    }

                    Interlocked.Increment(ref _waiting);
                    _ = _thread.Start(target: null, () => Make(connection, connection.Plan with { Nic = grant.Nic }));
                }
            }
            catch (Exception e)
            {
                // Whatever it is, someone waits to be told.
                foreach (Connection connection in _planned) connection.Outcome.TrySetResult(new(null, e));
            }

            _planned.Clear();
        }
    }

    // On its own thread.
    private int Make(Connection connection, NicReservation reserved)
    {
        try
        {
            _made.Add((_maker!.Make(reserved), connection));
        }
        catch (Exception e)
        {
            connection.Outcome.SetResult(new(null, e));
        }

        if (Interlocked.Decrement(ref _waiting) == 0) Reserve(_maker!);
        if (_made.Count < (Volatile.Read(ref _waiting) > 0 ? MaxUnrecorded : 1)) return 0;
        try
        {
            IReadOnlyList<NicOutcome> outcomes = _maker!.Record([.. _made.Select(static m => m.Nic)]);
            for (int i = 0; i < outcomes.Count; i++) _made[i].Connection.Outcome.SetResult(outcomes[i]);
        }
        catch (Exception e)
        {
            foreach ((_, Connection untold) in _made) untold.Outcome.TrySetResult(new(null, e));
        }

        _made.Clear();
        return 0;
    }

    private void Finish(int remaining)
    {
        if (_started.Count <= remaining) return;
        Reserve(_connector);
        _ = session.Namespaces.Await(_started.ElementAt(_started.Count - remaining - 1).Outcome.Task);
        while (_started.Count > remaining)
        {
            Connection first = _started.Dequeue();
            NicOutcome outcome;
            using (first.Target) outcome = first.Outcome.Task.GetAwaiter().GetResult();
            ended(first.Input, outcome);
        }
    }

    private sealed record Connection(object Input, NicTarget Target, NicReservation Plan, TaskCompletionSource<NicOutcome> Outcome);
}
