using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;

namespace EmbeddedHost;

/// <summary>Turns Ctrl+C and a request to terminate into a stop of the running pipeline.</summary>
internal sealed class Interrupts : IDisposable
{
    private const int SignalExitCode = 128;
    private const int Sigint = 2;
    private const int Sigterm = 15;

    // A command that does not let itself be stopped must not hold the process.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly Timer _deadline;
    private Pipeline? _running;

    public Interrupts()
    {
        _deadline = new Timer(_ => Environment.Exit(ExitCode ?? SignalExitCode));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, Sigint, EndProcess));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, Sigterm, true));
    }

    /// <summary>Whether Ctrl+C ends the process, as it does for a script, or only what runs at the prompt.</summary>
    public bool EndProcess { get; set; } = true;

    /// <summary>Called on Ctrl+C while nothing runs.</summary>
    public Action? WhileIdle { get; set; }

    /// <summary>Set by a signal that is to end the process.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Makes <paramref name="pipeline"/> the one to stop, until the result is disposed.</summary>
    public IDisposable Watch(Pipeline pipeline)
    {
        _running = pipeline;
        return new Watched(this);
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _deadline.Dispose();
    }

    private void Stop(PosixSignalContext context, int signal, bool endProcess)
    {
        context.Cancel = true;
        Pipeline? running = _running;
        if (endProcess)
        {
            // Asked twice: do not wait any longer.
            if (ExitCode is not null || running is null)
                Environment.Exit(SignalExitCode + signal);
            ExitCode = SignalExitCode + signal;
            _deadline.Change(s_grace, Timeout.InfiniteTimeSpan);
        }
        if (running is null)
            WhileIdle?.Invoke();
        running?.StopAsync();
    }

    private sealed class Watched(Interrupts owner) : IDisposable
    {
        public void Dispose() => owner._running = null;
    }
}
