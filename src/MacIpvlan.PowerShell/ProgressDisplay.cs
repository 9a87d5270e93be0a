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
    private WorkProgress? _current;
    private TimeSpan _worked;
    private TimeSpan _next = s_patience;
    private long _start;
    private int _done;
    private bool _isShown;

    /// <summary>Begins a stretch of work.</summary>
    public void Start() => _start = clock.GetTimestamp();

    /// <summary>Ends it: what follows is others' work, and does not count.</summary>
    public void Pause() => _worked += clock.GetElapsedTime(_start);

    /// <summary>Takes note of what the command has come to, or with null of that it is still at the same.</summary>
    public void Report(WorkProgress? progress)
    {
        if (Environment.CurrentManagedThreadId != _thread) return;
        if (progress is not null)
        {
            _done = progress.Value.Activity == _current?.Activity ? _done + 1 : 0;
            _current = progress;
        }

        if (_current is not WorkProgress current) return;
        TimeSpan worked = _worked + clock.GetElapsedTime(_start);
        if (worked < _next) return;
        _next = worked + s_interval;
        Show(current, ProgressRecordType.Processing);
    }

    /// <summary>Takes away what is shown.</summary>
    public void Complete()
    {
        if (_isShown) Show(_current!.Value, ProgressRecordType.Completed);
        (_current, _isShown) = (null, false);
    }

    private void Show(WorkProgress current, ProgressRecordType type)
    {
        string count = current.Total > 0 ? $"{_done + 1} of {current.Total}" : $"{_done + 1}";
        ProgressRecord record = new(0, current.Activity, string.Create(CultureInfo.InvariantCulture, $"{count}: {current.Item}"))
        {
            PercentComplete = current.Total > 0 ? (int)Math.Min(100, 100L * _done / current.Total) : -1,
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
