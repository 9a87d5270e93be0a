namespace MacIpvlan.Containers;

/// <summary>
/// A runtime that can be asked about containers. The implementation checks the answers before it creates a
/// <see cref="Container"/>. <see cref="ContainerFinder"/> checks that a process belongs to the container.
/// </summary>
public interface IContainerRuntime : IDisposable
{
    /// <summary>The path of its socket.</summary>
    string Address { get; }

    /// <summary>Whether it can be asked: the user specified it, or its socket exists.</summary>
    bool IsPresent { get; }

    /// <summary>All its containers, running or not.</summary>
    /// <exception cref="NetworkException">RuntimeUnavailable: it doesn't answer.</exception>
    IReadOnlyList<ContainerListing> List(CancellationToken stopping);

    /// <summary>The current status of one container.</summary>
    /// <returns>Null if it has no container with that id.</returns>
    /// <exception cref="NetworkException">RuntimeUnavailable: it doesn't answer.</exception>
    ContainerStatus? Inspect(string id, CancellationToken stopping);

    /// <summary>Reports containers that are started, stopped, removed or renamed, until the runtime stops.</summary>
    /// <param name="connected">Called once when it starts listening. From then on, no change is missed.</param>
    /// <param name="changed">Called with each id, and whether the container was started.</param>
    /// <param name="stopping">Stops the method.</param>
    /// <exception cref="NetworkException">RuntimeUnavailable: it doesn't answer, or stopped answering.</exception>
    Task Follow(Action connected, Action<string, bool> changed, CancellationToken stopping);
}

/// <summary>A container in a runtime's list.</summary>
/// <param name="Container">The container.</param>
/// <param name="IsRunning">Whether it's running.</param>
public sealed record ContainerListing(Container Container, bool IsRunning)
{
    /// <summary>Its labels for this module; empty if it has none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ContainerLabels.None;
}

/// <summary>The status of one container, as its runtime reports it.</summary>
/// <param name="ProcessId">The id of its first process; zero if it isn't running.</param>
/// <param name="StartedAt">When it was started, in the runtime's format.</param>
/// <param name="NetworkMode">Its network mode: host, container:ID, or any other text.</param>
/// <param name="Listing">What the runtime's list says about it.</param>
public sealed record ContainerStatus(int ProcessId, string StartedAt, string NetworkMode, ContainerListing Listing)
{
    /// <summary>Whether it hasn't been started anew in between.</summary>
    public bool IsSameRun(ContainerStatus? other) => (other?.ProcessId, other?.StartedAt, other?.NetworkMode) == (ProcessId, StartedAt, NetworkMode);
}
