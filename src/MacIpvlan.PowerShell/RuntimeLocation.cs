using MacIpvlan.Containers;
using MacIpvlan.Runtimes;

namespace MacIpvlan.PowerShell;

/// <summary>Where container runtimes are, and the wiring of core and their client.</summary>
internal static class RuntimeLocation
{
    /// <summary>All runtimes that may be on this host; none is asked anything yet.</summary>
    public static IReadOnlyList<IContainerRuntime> Open() =>
        [.. RuntimeSocket.FindAll(Environment.GetEnvironmentVariable).Select(static s => new DockerRuntime(s))];
}
