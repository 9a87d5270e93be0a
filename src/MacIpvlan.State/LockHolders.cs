using System.Globalization;
using MacIpvlan.Linux;

namespace MacIpvlan.State.Sqlite;

/// <summary>Finds the processes that hold locks on files (/proc/locks of proc(5)).</summary>
internal static class LockHolders
{
    /// <summary>
    /// Names the processes that hold write locks on any of the files; empty if no such process is known.
    /// </summary>
    public static string Describe(params string[] paths)
    {
        try
        {
            HashSet<ulong> inodes = [.. paths.Select(static p => FileStatus.Of(p)).OfType<FileStatus>().Select(static s => s.Inode)];
            string[] holders = [.. File.ReadLines("/proc/locks").Select(l => Holder(l, inodes)).OfType<int>().Distinct().Select(Name)];
            return holders.Length == 0 ? "" : $" ({string.Join(", ", holders)})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // A line is "1: POSIX  ADVISORY  WRITE 4711 fd:00:2531452 120 120". A waiting process has an arrow after the
    // number.
    private static int? Holder(string line, HashSet<ulong> inodes)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool matches = fields.Length > 5 && fields[3] == "WRITE"
            && ulong.TryParse(fields[5].Split(':')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
            && inodes.Contains(inode);
        // Processes of other pid namespaces have no process id here.
        return matches && int.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id > 0 ? id : null;
    }

    private static string Name(int id)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/comm");
        return File.Exists(file) ? $"{File.ReadAllText(file).Trim()}, process {id}" : $"process {id}";
    }
}
