using MacIpvlan.Containers;

namespace MacIpvlan;

/// <summary>What a container runtime has reported, or has to be asked.</summary>
/// <param name="Runtime">The runtime.</param>
/// <param name="ContainerId">
/// The container that was started, stopped, removed or renamed, or whose labels have come to mean something else; null if the runtime has
/// just begun to report, so that any can have been.
/// </param>
/// <param name="IsStart">Whether it was started.</param>
internal sealed record ContainerChange(IContainerRuntime? Runtime, string? ContainerId, bool IsStart)
{
    /// <summary>No runtime, but the service manager wants everything to be looked at.</summary>
    public static readonly ContainerChange Reload = new(null, null, IsStart: false);

    /// <summary>Whether the service manager wants that.</summary>
    public bool IsReload => Runtime is null;
}
