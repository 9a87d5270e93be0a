using System.Diagnostics;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Tells the databases of segments that this host is there, in the loop of its caller, which doesn't wait for their answers.
/// When a database answers that addresses were reclaimed, or another server has taken its place, both records are compared.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each change, with the target and the action.</param>
internal sealed class SegmentKeeper(NetworkSession session, Func<string, string, bool> confirm)
{
    // As docs/fleet.md reckons with.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_listenInterval = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, Heartbeat> _heartbeats = new(StringComparer.OrdinalIgnoreCase);
    private long? _lastRound;

    /// <summary>How long the caller can wait before the next <see cref="Work"/>.</summary>
    public TimeSpan Wait => _heartbeats.Values.Any(static h => h.Asked is not null) ? s_listenInterval
        : _lastRound is long last && s_interval - Stopwatch.GetElapsedTime(last) is { Ticks: > 0 } left ? left
        : TimeSpan.Zero;

    /// <summary>Does what is due. Works in namespaces, which the caller leaves afterwards.</summary>
    /// <returns>The NICs that lost addresses, and what was settled.</returns>
    public IReadOnlyList<RestoredItem> Work()
    {
        if (_lastRound is not long last || Stopwatch.GetElapsedTime(last) >= s_interval) Begin();
        List<RestoredItem> items = [];
        foreach (Heartbeat heartbeat in _heartbeats.Values.Where(static h => h.Asked is { IsCompleted: true }).ToArray()) Finish(heartbeat, items);
        return items;
    }

    private void Begin()
    {
        _lastRound = Stopwatch.GetTimestamp();
        foreach (string database in session.State.GetNetworks().Select(static n => n.Segment?.Database).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (!_heartbeats.TryGetValue(database, out Heartbeat? heartbeat)) _heartbeats[database] = heartbeat = new(database);
            // One that doesn't answer is asked again when it has failed.
            if (heartbeat.Asked is not null) continue;
            heartbeat.Notices = session.State.GetNotices(database);
            heartbeat.Asked = NoticeQueue.Start(session, database, heartbeat.Notices, static d => d.Attend(isHeartbeat: true));
        }
    }

    private void Finish(Heartbeat heartbeat, List<RestoredItem> items)
    {
        Task<object?> answer = heartbeat.Asked!;
        heartbeat.Asked = null;
        try
        {
            DatabaseContact contact = (DatabaseContact)answer.GetAwaiter().GetResult()!;
            NoticeQueue.Forget(session, heartbeat.Notices);
            session.Databases.Retry(heartbeat.Database);
            // What was reconciled when this command started isn't known from then, so the first answer counts as a change.
            if ((heartbeat.Last?.Epoch, heartbeat.Last?.Server) != (contact.Epoch, contact.Server)) Reconcile(items);
            (heartbeat.Last, heartbeat.IsAway) = (contact, false);
        }
        catch (NetworkException e)
        {
            if (!heartbeat.IsAway) session.Warn($"Networks on segments of '{heartbeat.Database}' go on with what this host has on record. {e.Message}");
            heartbeat.IsAway = true;
        }
    }

    private void Reconcile(List<RestoredItem> items)
    {
        SegmentComparison comparison = new(session, new Repairs(session, confirm));
        items.AddRange(comparison.Compare(new ContainerNetworks(session).GetAll(), areAll: false).Where(static d => d.IsRepaired).Select(static d =>
            new RestoredItem(d.Kind == DifferenceKind.SegmentChanged ? RestoredKind.Network : RestoredKind.Nic, d.Name, d.Network, RestoreResult.Restored)));
        // The NICs go on using them until somebody decides what they use instead.
        items.AddRange(new ContainerNics(session).GetAllWithHost().SelectMany(static n => n.Record.LostLeases.Select(l => (Nic: n, Lease: l))).Select(static l =>
            new RestoredItem(RestoredKind.Nic, l.Nic.ToString(), l.Nic.Network, RestoreResult.Lost)
            {
                Reason = $"Another host has {l.Lease.Address} now. Restore-ContainerNetwork {l.Nic.Network} gives the NIC another address.",
            }));
    }

    private sealed class Heartbeat(string database)
    {
        public string Database => database;

        // The question that isn't answered yet.
        public Task<object?>? Asked { get; set; }

        // What it is told with that.
        public IReadOnlyList<DatabaseNotice> Notices { get; set; } = [];

        public DatabaseContact? Last { get; set; }

        public bool IsAway { get; set; }
    }
}
