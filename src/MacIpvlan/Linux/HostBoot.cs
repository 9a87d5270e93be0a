using System.Globalization;

namespace MacIpvlan.Linux;

/// <summary>Distinguishes the current boot, and its processes, from earlier ones.</summary>
public static class HostBoot
{
    /// <summary>The random id that the kernel generates at boot (random(4)).</summary>
    public static string Id { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>When a process started, in clock ticks since boot (proc_pid_stat(5), field 22).</summary>
    /// <returns>Null if the process doesn't exist.</returns>
    public static long? ProcessStart(int id)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            // The name, in parentheses, can contain any character. Field 3 follows it.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[22 - 3], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
