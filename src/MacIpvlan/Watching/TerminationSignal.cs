using System.Runtime.InteropServices;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>The signal by which service managers end a process.</summary>
public static class TerminationSignal
{
    /// <summary>
    /// Has it do what Ctrl+C does, until the result is disposed. By default, the process would end at once, in the middle of a
    /// change.
    /// </summary>
    public static IDisposable TreatAsInterrupt() => PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context =>
    {
        context.Cancel = true;
        OwnProcess.Interrupt();
    });
}
