using System.Globalization;
using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>Finds containers by the control groups of processes, where no runtime can be asked.</summary>
internal static class ContainerProcesses
{
    /// <summary>The container that a process is of.</summary>
    /// <returns>Null when it is of none, or is gone.</returns>
    public static ContainerCgroup? ReadCgroup(int processId)
    {
        try
        {
            return ContainerCgroup.Parse(
                File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/cgroup")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The first process of each container whose id begins so.</summary>
    public static IReadOnlyList<ContainerProcess> Find(string id)
    {
        List<ContainerProcess> all = [];
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int process)) continue;
            if (ReadCgroup(process) is not ContainerCgroup cgroup || !cgroup.Id.StartsWith(id, StringComparison.Ordinal)) continue;
            // Below a user's session, anyone's container can be made up by that user.
            if (cgroup.User is uint user && user != FileStatus.EffectiveUser) continue;
            if (HostBoot.ProcessStart(process) is long start) all.Add(new(process, start, cgroup));
        }

        // What runs in a container was started after its first process.
        return [.. all.GroupBy(static p => p.Cgroup.Path).Select(static g => g.OrderBy(static p => p.Start).ThenBy(static p => p.Id).First())];
    }
}

/// <summary>A process of a container.</summary>
/// <param name="Id">The process id.</param>
/// <param name="Start">When it started, in clock ticks since the kernel did.</param>
/// <param name="Cgroup">What its control group says.</param>
internal sealed record ContainerProcess(int Id, long Start, ContainerCgroup Cgroup);
