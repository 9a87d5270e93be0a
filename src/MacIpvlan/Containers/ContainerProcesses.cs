using System.Globalization;
using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>Finds containers by the control groups of processes, for cases in which no runtime can be asked.</summary>
internal static class ContainerProcesses
{
    /// <summary>The container of a process.</summary>
    /// <returns>Null if the process isn't in a container or doesn't exist.</returns>
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

    /// <summary>The processes that are in containers, with the containers according to their control groups.</summary>
    public static IReadOnlyList<(int Process, ContainerCgroup Cgroup)> FindAll()
    {
        List<(int, ContainerCgroup)> all = [];
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int process)) continue;
            if (ReadCgroup(process) is ContainerCgroup cgroup) all.Add((process, cgroup));
        }

        return all;
    }

    /// <summary>The first process of each container whose id begins with the text.</summary>
    /// <param name="processes">The processes that are in containers.</param>
    /// <param name="id">The id, or its beginning.</param>
    /// <param name="group">The path of the container's group if it's known; empty for any that runtimes make.</param>
    public static IReadOnlyList<ContainerProcess> Find(
        IReadOnlyList<(int Process, ContainerCgroup Cgroup)> processes, string id, string group)
    {
        List<ContainerProcess> all = [];
        foreach ((int process, ContainerCgroup cgroup) in processes)
        {
            if (!cgroup.Id.StartsWith(id, StringComparison.Ordinal)) continue;
            // Others can make groups that have the name of any container.
            if (group.Length > 0 ? cgroup.Path != group : !cgroup.IsOfRuntime(FileStatus.EffectiveUser)) continue;
            if (HostBoot.ProcessStart(process) is long start) all.Add(new(process, start, cgroup));
        }

        // The first process of a container is the one that was started first.
        return [.. all.GroupBy(static p => p.Cgroup.Path).Select(static g => g.OrderBy(static p => p.Start).ThenBy(static p => p.Id).First())];
    }
}

/// <summary>A process of a container.</summary>
/// <param name="Id">The process id.</param>
/// <param name="Start">When it started, in clock ticks since boot.</param>
/// <param name="Cgroup">The container according to its control group.</param>
internal sealed record ContainerProcess(int Id, long Start, ContainerCgroup Cgroup);
