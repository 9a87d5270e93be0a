using System.Diagnostics;

namespace MacIpvlan;

/// <summary>
/// What a watch does when no container has started for a moment: it looks at containers that have ended, and for links that have
/// outlived them. Both search all namespaces.
/// </summary>
internal sealed class QuietWork
{
    // A container that is restarted takes less between its end and its start.
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(1);

    // A container that starts again and again doesn't keep others from being cleaned up after.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private readonly List<(ContainerChange Change, long Since)> _changes = [];
    private readonly List<(ContainerNic Nic, long Since)> _leftovers = [];
    private long _lastStart;

    /// <summary>How long the caller can wait before the next <see cref="Take"/>.</summary>
    public TimeSpan Wait
    {
        get
        {
            TimeSpan change = _changes.Count == 0 ? TimeSpan.MaxValue : s_delay - Stopwatch.GetElapsedTime(_changes[0].Since);
            TimeSpan leftover = _leftovers.Count == 0 ? TimeSpan.MaxValue
                : Least(s_delay - Stopwatch.GetElapsedTime(_lastStart), s_limit - Stopwatch.GetElapsedTime(_leftovers[0].Since));
            return Least(change, leftover) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Adds a change that isn't urgent.</summary>
    public void Add(ContainerChange change)
    {
        _changes.RemoveAll(c => c.Change.ContainerId == change.ContainerId);
        _changes.Add((change, Stopwatch.GetTimestamp()));
    }

    /// <summary>Adds a NIC, as it was, whose former link must still be looked for.</summary>
    public void Add(ContainerNic leftover) => _leftovers.Add((leftover, Stopwatch.GetTimestamp()));

    /// <summary>Forgets the changes of a container that is looked at now.</summary>
    public void Drop(string containerId)
    {
        _changes.RemoveAll(c => c.Change.ContainerId == containerId);
        _lastStart = Stopwatch.GetTimestamp();
    }

    /// <summary>Takes what is due: one change, or one NIC; null if nothing is.</summary>
    public (ContainerChange? Change, ContainerNic? Leftover)? Take()
    {
        if (Wait > TimeSpan.Zero) return null;
        if (_changes.Count > 0 && Stopwatch.GetElapsedTime(_changes[0].Since) >= s_delay)
        {
            ContainerChange change = _changes[0].Change;
            _changes.RemoveAt(0);
            return (change, null);
        }

        ContainerNic leftover = _leftovers[0].Nic;
        _leftovers.RemoveAt(0);
        return (null, leftover);
    }

    /// <summary>Takes all NICs whose former links haven't been looked for.</summary>
    public IReadOnlyList<ContainerNic> TakeLeftovers()
    {
        ContainerNic[] all = [.. _leftovers.Select(static l => l.Nic)];
        _leftovers.Clear();
        return all;
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
