using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Shows how far a command has come: not before it has worked for a second, and then only some times a second. Belongs to
/// the command's thread; what other threads say is not shown.
/// </summary>
/// <param name="write">Shows a record.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class ProgressDisplay(Action<ProgressRecord> write, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);
    private readonly int _thread = Environment.CurrentManagedThreadId;
    // What is at hand, last, behind the work that it is part of.
    private readonly List<(WorkProgress Work, int Done)> _levels = [];
    private TimeSpan _worked;
    private TimeSpan _next = s_patience;
    private long _start;
    private bool _isShown;

    /// <summary>Begins a stretch of work.</summary>
    public void Start() => _start = clock.GetTimestamp();

    /// <summary>Ends it: what follows is others' work, and does not count.</summary>
    public void Pause() => _worked += clock.GetElapsedTime(_start);

    /// <summary>Takes note of what the command has come to, or with null of that it is still at the same.</summary>
    public void Report(WorkProgress? progress)
    {
        if (Environment.CurrentManagedThreadId != _thread) return;
        if (progress is WorkProgress work) Enter(work);
        if (_levels.Count == 0) return;
        TimeSpan worked = _worked + clock.GetElapsedTime(_start);
        if (worked < _next) return;
        _next = worked + s_interval;
        Show(ProgressRecordType.Processing);
    }

    /// <summary>Takes away what is shown.</summary>
    public void Complete()
    {
        if (_isShown) Show(ProgressRecordType.Completed);
        _levels.Clear();
        _isShown = false;
    }

    // Whoever comes back to some work has ended what was part of it, and that is counted anew the next time.
    private void Enter(WorkProgress work)
    {
        int level = _levels.FindIndex(l => l.Work.Activity == work.Activity);
        int done = level < 0 ? 0 : _levels[level].Done + 1;
        if (level >= 0) _levels.RemoveRange(level, _levels.Count - level);
        _levels.Add((work, done));
    }

    private void Show(ProgressRecordType type)
    {
        // One thing alone, as part of more, tells less than that.
        int telling = _levels.FindLastIndex(static l => l.Work.Total != 1);
        (WorkProgress current, int done) = _levels[telling < 0 ? _levels.Count - 1 : telling];
        string count = current.Total > 0 ? $"{done + 1} of {current.Total}" : $"{done + 1}";
        ProgressRecord record = new(0, current.Activity, string.Create(CultureInfo.InvariantCulture, $"{count}: {current.Item}"))
        {
            PercentComplete = current.Total > 0 ? (int)Math.Min(100, 100L * done / current.Total) : -1,
            RecordType = type,
        };
        try
        {
            write(record);
            _isShown = true;
        }
        catch (PipelineStoppedException)
        {
            // Amid a step, which is brought to its end: the command ends at the next place where nothing is half-made.
        }
    }
}
