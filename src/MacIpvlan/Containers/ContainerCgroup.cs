using System.Globalization;
using System.Text.RegularExpressions;

namespace MacIpvlan.Containers;

/// <summary>The container that a process's control groups say it is of (cgroups(7), /proc/PID/cgroup).</summary>
/// <param name="Id">The container's id.</param>
/// <param name="Runtime">The runtime, where the name of the group tells.</param>
/// <param name="Path">The group's path, to the part that has the id.</param>
internal sealed partial record ContainerCgroup(string Id, ContainerRuntime Runtime, string Path)
{
    /// <summary>The user below whose session the group is, and who can have made it up; null for the system's.</summary>
    public uint? User => UserSlice().Match(Path) is { Success: true } match
        && uint.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null;

    /// <summary>Reads the text of such a file, of either version.</summary>
    /// <returns>Null when it names no container, or not the same one in every hierarchy that names any.</returns>
    public static ContainerCgroup? Parse(string text)
    {
        ContainerCgroup? found = null;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Hierarchy, controllers, path; the last may have colons.
            string[] fields = line.Split(':', 3);
            if (fields.Length < 3 || FromPath(fields[2]) is not ContainerCgroup here) continue;
            if (found is not null && found.Id != here.Id) return null;
            found ??= here;
        }

        return found;
    }

    // The outermost group with an id is the one that the runtime made: what is below it, the container can have made.
    private static ContainerCgroup? FromPath(string path)
    {
        string[] parts = path.Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            if (Part().Match(parts[i]) is not { Success: true } match) continue;
            string mark = match.Groups["runtime"].Success || i == 0 ? match.Groups["runtime"].Value : parts[i - 1];
            return new(match.Groups["id"].Value, RuntimeOf(mark), string.Join('/', parts[..(i + 1)]));
        }

        return null;
    }

    private static ContainerRuntime RuntimeOf(string mark) => mark switch
    {
        "docker" => ContainerRuntime.Docker,
        "libpod" or "libpod-payload" or "libpod_parent" => ContainerRuntime.Podman,
        "cri-containerd" or "nerdctl" => ContainerRuntime.Containerd,
        "crio" => ContainerRuntime.CriO,
        _ => ContainerRuntime.Unknown,
    };

    // ID, docker-ID.scope, SLICE:cri-containerd:ID. Not libpod-conmon-ID or crio-conmon-ID: those watch over containers
    // from outside.
    [GeneratedRegex(
        @"^(?:(?:[A-Za-z0-9_.-]+:)?(?<runtime>docker|libpod|libpod-payload|cri-containerd|nerdctl|crio)[-:])?(?<id>[0-9a-f]{64})(?:\.scope)?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Part();

    [GeneratedRegex(@"/user-(\d+)\.slice/")]
    private static partial Regex UserSlice();
}
