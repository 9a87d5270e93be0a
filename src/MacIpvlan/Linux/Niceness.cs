using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

/// <summary>Sets the scheduling priority of threads (setpriority(2)).</summary>
internal static partial class Niceness
{
    private const int PRIO_PROCESS = 0;

    // At this niceness, a thread gets a tenth of the processor time of a thread with normal priority.
    private const int Low = 10;

    /// <summary>Lowers the calling thread's priority permanently. No other code can use the thread.</summary>
    public static void YieldToOthers() => _ = SetPriority(PRIO_PROCESS, 0, Low);

    // On Linux, 0 means only the calling thread, not its process.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
