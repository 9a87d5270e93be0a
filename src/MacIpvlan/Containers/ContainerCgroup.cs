using System.Globalization;
using System.Text.RegularExpressions;

namespace MacIpvlan.Containers;

/// <summary>The container of a process, according to its control groups (cgroups(7), /proc/PID/cgroup).</summary>
/// <param name="Id">The container's id.</param>
/// <param name="Runtime">The runtime, if the group's name identifies it.</param>
/// <param name="Path">The group's path, up to the part with the id.</param>
internal sealed partial record ContainerCgroup(string Id, ContainerRuntime Runtime, string Path)
{
    /// <summary>The user whose session contains the group, who could have forged it; null for a system group.</summary>
    public uint? User => UserSlice().Match(Path) is { Success: true } match
        && uint.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null;

    /// <summary>
    /// Whether only root, or the user itself in its session, could have made the group: its path is one that a runtime
    /// chooses by default. Anyone to whom a part of the tree is delegated, such as a service or an LXC container, can
    /// make groups below it that have the name of any container.
    /// </summary>
    public bool IsOfRuntime(uint effectiveUser) => User is uint user ? user == effectiveUser : RuntimePath().IsMatch(Path);

    /// <summary>Parses the text of such a file, for cgroups version 1 or 2.</summary>
    /// <returns>Null if it names no container, or if hierarchies name different containers.</returns>
    public static ContainerCgroup? Parse(string text)
    {
        ContainerCgroup? found = null;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Hierarchy, controllers and path. The path can contain colons.
            string[] fields = line.Split(':', 3);
            if (fields.Length < 3 || fields[2].Any(char.IsControl) || FromPath(fields[2]) is not ContainerCgroup here) continue;
            if (found is not null && found.Id != here.Id) return null;
            found ??= here;
        }

        return found;
    }

    // The runtime created the outermost group with an id; the container could have created the groups below it.
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

    // Matches ID, docker-ID.scope and SLICE:cri-containerd:ID. Doesn't match libpod-conmon-ID or crio-conmon-ID, which
    // monitor containers from outside.
    [GeneratedRegex(
        @"^(?:(?:[A-Za-z0-9_.-]+:)?(?<runtime>docker|libpod|libpod-payload|cri-containerd|nerdctl|crio)[-:])?(?<id>[0-9a-f]{64})(?:\.scope)?\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Part();

    // The defaults of Docker, containerd and nerdctl, Podman, and of the kubelet with containerd or CRI-O, each with the
    // cgroup driver systemd or cgroupfs. A reader in a group of its own sees the others behind /.. parts.
    [GeneratedRegex(
        """
        ^(/\.\.)*
        ( (/system\.slice|/machine\.slice)?/(docker|libpod|nerdctl|crio|cri-containerd)-[0-9a-f]{64}\.scope
        | /(docker|default|moby|k8s\.io)/[0-9a-f]{64}
        | /libpod_parent/(libpod-)?[0-9a-f]{64}
        | (/system\.slice/(containerd|crio|k3s|rke2-server|rke2-agent)\.service)?
          /kubepods([-.][^/]*)?(/(kubepods[^/]*\.slice|burstable|besteffort|guaranteed|pod[^/]+))*(/|:)
          ([a-z-]+[-:])?[0-9a-f]{64}(\.scope)?
        )\z
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex RuntimePath();

    [GeneratedRegex(@"^(?:/\.\.)*/user\.slice/user-(\d+)\.slice/")]
    private static partial Regex UserSlice();
}
