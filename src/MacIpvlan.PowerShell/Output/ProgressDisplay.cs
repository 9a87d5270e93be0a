using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Shows the progress of a command: not before one second of work, and then only a few times a second. Only the
/// command's own thread can show progress; reports from other threads are ignored.
/// </summary>
/// <param name="write">Shows a record.</param>
/// <param name="clock">The clock.</param>
internal sealed class ProgressDisplay(Action<ProgressRecord> write, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);
    private readonly int _thread = Environment.CurrentManagedThreadId;
    // The current work is last, behind the work that it is part of.
    private readonly List<Level> _levels = [];
    private TimeSpan _worked;
    private TimeSpan _next = s_patience;
    private long _start;
    private bool _isShown;

    /// <summary>Starts a period of work.</summary>
    public void Start() => _start = clock.GetTimestamp();

    /// <summary>Ends the period: time in other commands of the pipeline doesn't count.</summary>
    public void Pause() => _worked += clock.GetElapsedTime(_start);

    /// <summary>Records what the command is working on; null means that it is still at the same item.</summary>
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

    /// <summary>Removes the progress display.</summary>
    public void Complete()
    {
        if (_isShown) Show(ProgressRecordType.Completed);
        _levels.Clear();
        _isShown = false;
    }

    // Returning to an activity ends the activities inside it, whose items are counted from the start the next time.
    private void Enter(WorkProgress work)
    {
        int level = _levels.FindIndex(l => l.Work.Activity == work.Activity);
        int done = level < 0 ? 0 : _levels[level].Done + 1;
        if (level >= 0) _levels.RemoveRange(level, _levels.Count - level);
        _levels.Add(new(work, done));
    }

    private void Show(ProgressRecordType type)
    {
        // An activity with a single item, inside another one, is less informative than the other one.
        int telling = _levels.FindLastIndex(static l => l.Work.Total != 1);
        (WorkProgress current, int done) = _levels[telling < 0 ? _levels.Count - 1 : telling];
        string count = current.Total > 0 ? $"{done + 1} of {current.Total}" : $"{done + 1}";
        ProgressRecord record = new(0, current.Activity, PrintableText.Clean(string.Create(CultureInfo.InvariantCulture, $"{count}: {current.Item}")))
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
            // The current step is completed first; the command ends at the next point where nothing is half-finished.
        }
    }

    private sealed record Level(WorkProgress Work, int Done);
}
