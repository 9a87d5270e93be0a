using System.Runtime.InteropServices;

namespace MacIpvlan.Linux;

/// <summary>
/// The time since the host's boot, which also counts while the host is suspended (CLOCK_BOOTTIME, clock_gettime(2)). It is
/// the same for all processes, and nobody can set it.
/// </summary>
public static partial class BootClock
{
    private const int ClockBootTime = 7;
    private const int NanosecondsPerTick = 100;

    /// <summary>The time now.</summary>
    public static TimeSpan Now
    {
        get
        {
            // It fails only for clocks that the kernel doesn't have.
            _ = GetTime(ClockBootTime, out TimeSpecification time);
            return new((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / NanosecondsPerTick));
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpecification time);

    private struct TimeSpecification
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
