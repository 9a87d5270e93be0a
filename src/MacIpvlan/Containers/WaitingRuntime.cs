namespace MacIpvlan.Containers;

/// <summary>
/// A runtime that waits for its hook before it starts a container. It isn't asked, because it may hold locks until the hook ends.
/// What it told the hook is all that is known of its containers.
/// </summary>
/// <param name="state">The container that it's creating.</param>
/// <param name="known">What is on record about the container; null if nothing is.</param>
public sealed class WaitingRuntime(OciState state, Container? known) : IContainerRuntime
{
    private readonly Lazy<string> _networkMode = new(() => FindNetworkMode(state));

    // It has no name that a hook gets to know.
    private ContainerListing Listing => new(
        known ?? new(state.Id, state.Id[..Container.ShortIdLength], ContainerProcesses.ReadCgroup(state.ProcessId)?.Runtime ?? default, Image: "", Address: ""),
        IsRunning: true) { Labels = state.Annotations };

    /// <summary>The address of no socket: it can't tell whether other containers exist.</summary>
    public string Address => "hook";

    /// <inheritdoc/>
    public bool IsPresent => true;

    /// <inheritdoc/>
    public IReadOnlyList<ContainerListing> List(CancellationToken stopping) => [Listing];

    /// <inheritdoc/>
    public ContainerStatus? Inspect(string id, CancellationToken stopping) =>
        id == state.Id ? new(state.ProcessId, StartedAt: "", _networkMode.Value, Listing) : null;

    /// <inheritdoc/>
    public Task Follow(Action connected, Action<string, bool> changed, CancellationToken stopping) =>
        throw new NotSupportedException("A runtime that waits reports nothing");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // As runtimes report it, but found in the kernel.
    private static string FindNetworkMode(OciState state)
    {
        string? own = NamespaceOf($"{state.ProcessId}");
        if (own is null) return "";
        if (own == NamespaceOf("self")) return "host";
        ContainerCgroup? other = ContainerProcesses.FindAll().Where(p => p.Cgroup.Id != state.Id && NamespaceOf($"{p.Process}") == own)
            .Select(static p => p.Cgroup).FirstOrDefault();
        return other is null ? "" : $"container:{other.Id}";
    }

    private static string? NamespaceOf(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/net").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
