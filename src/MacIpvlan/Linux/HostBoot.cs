using System.Globalization;

namespace MacIpvlan.Linux;

/// <summary>What of the running kernel and its processes tells them apart from earlier ones.</summary>
public static class HostBoot
{
    /// <summary>The id that the kernel made up when it started (random(4)).</summary>
    public static string Id { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>When a process started, in clock ticks since the kernel did (proc_pid_stat(5), field 22).</summary>
    /// <returns>Null when there is no such process.</returns>
    public static long? ProcessStart(int id)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            // The name, in parentheses, may hold anything; field 3 follows it.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[22 - 3], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
