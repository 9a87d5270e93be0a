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
    private readonly List<(ContainerChange Change, long Time)> _changes = [];
    private readonly List<ContainerNic> _leftovers = [];
    private long _lastLeftover;

    /// <summary>The NICs, as they were, whose former links are still looked for.</summary>
    public ICollection<ContainerNic> Leftovers => _leftovers;

    /// <summary>How long the caller can wait before the next <see cref="Take"/>.</summary>
    public TimeSpan Wait => _changes.Count > 0 ? Left(_changes[0].Time)
        : _leftovers.Count > 0 ? Left(_lastLeftover)
        : TimeSpan.MaxValue;

    /// <summary>Adds a change that isn't urgent.</summary>
    public void Add(ContainerChange change)
    {
        Drop(change.ContainerId!);
        _changes.Add((change, Stopwatch.GetTimestamp()));
    }

    /// <summary>Forgets the changes of a container that is looked at now.</summary>
    public void Drop(string containerId)
    {
        _changes.RemoveAll(c => c.Change.ContainerId == containerId);
        _lastLeftover = Stopwatch.GetTimestamp();
    }

    /// <summary>Takes what is due: one change, or one NIC; null if nothing is.</summary>
    public (ContainerChange? Change, ContainerNic? Leftover)? Take()
    {
        if (Wait > TimeSpan.Zero) return null;
        if (_changes.Count > 0)
        {
            ContainerChange change = _changes[0].Change;
            _changes.RemoveAt(0);
            return (change, null);
        }

        ContainerNic leftover = _leftovers[0];
        _leftovers.RemoveAt(0);
        return (null, leftover);
    }

    private static TimeSpan Left(long since) => s_delay - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
}
