using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

/// <summary>How much of a processor the kernel gives a thread while others want it (setpriority(2)).</summary>
internal static partial class Niceness
{
    private const int PRIO_PROCESS = 0;

    // A tenth of what a thread of normal priority gets.
    private const int Low = 10;

    /// <summary>Puts the calling thread behind others for good; it must be one that nobody else uses.</summary>
    public static void YieldToOthers() => _ = SetPriority(PRIO_PROCESS, 0, Low);

    // On Linux, 0 is the calling thread, and no other of its process.
    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
