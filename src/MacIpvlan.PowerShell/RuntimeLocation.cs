using MacIpvlan.Containers;
using MacIpvlan.Runtimes;

namespace MacIpvlan.PowerShell;

/// <summary>Locates container runtimes, and connects the core with their client.</summary>
internal static class RuntimeLocation
{
    /// <summary>All runtimes that may be on this host; none is contacted yet.</summary>
    public static IReadOnlyList<IContainerRuntime> Open() =>
        [.. RuntimeSocket.FindAll(Environment.GetEnvironmentVariable).Select(static s => new DockerRuntime(s))];
}
