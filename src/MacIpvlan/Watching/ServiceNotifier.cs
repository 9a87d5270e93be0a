using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace MacIpvlan;

/// <summary>
/// Tells the service manager that started this process how it is doing: sd_notify(3), whose messages are datagrams with a
/// variable a line. Does nothing if there is none, and nothing here depends on whether it listens.
/// </summary>
internal sealed class ServiceNotifier
{
    private readonly UnixDomainSocketEndPoint? _manager;

    /// <summary>Reads from the environment whether there is a service manager.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    public ServiceNotifier(Func<string, string?> variable)
    {
        // A name that begins with @ is in no file system (unix(7)).
        if (variable("NOTIFY_SOCKET") is not { Length: > 1 } path || path[0] is not ('/' or '@')) return;
        _manager = new(path[0] == '@' ? '\0' + path[1..] : path);
        // What is set for another process isn't for this one.
        bool isOwn = variable("WATCHDOG_PID") is not { Length: > 0 } id || id == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (isOwn && long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit > 0)
        {
            Interval = TimeSpan.FromMicroseconds(Math.Min(limit, TimeSpan.MaxValue.TotalMicroseconds / 2) / 2);
        }
    }

    /// <summary>Whether there is a service manager.</summary>
    public bool HasManager => _manager is not null;

    /// <summary>How often <see cref="IsAlive"/> must be called; null if it need not be.</summary>
    public TimeSpan? Interval { get; }

    /// <summary>Says that what depends on this service can start.</summary>
    public void IsReady(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>Says that it takes note of changes, until <see cref="IsReady"/>.</summary>
    public void IsReloading() => Send(string.Create(
        CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000)}"));

    /// <summary>Says that it isn't stuck.</summary>
    public void IsAlive()
    {
        if (Interval is not null) Send("WATCHDOG=1");
    }

    /// <summary>Says that it is about to end.</summary>
    public void IsStopping() => Send("STOPPING=1");

    private void Send(string message)
    {
        // Nothing depends on whether it listens.
        if (_manager is not null) _ = ServiceSocket.TrySend(_manager, message);
    }
}
