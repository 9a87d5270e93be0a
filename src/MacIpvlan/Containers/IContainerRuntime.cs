namespace MacIpvlan.Containers;

/// <summary>
/// A runtime that can be asked. What it answers is checked by whoever makes the answer a <see cref="Container"/>; whether
/// a process is really that of a container, by <see cref="ContainerFinder"/>.
/// </summary>
public interface IContainerRuntime : IDisposable
{
    /// <summary>Where it is asked: the path of a socket.</summary>
    string Address { get; }

    /// <summary>Whether there is somebody to ask: the user named it, or its socket is there.</summary>
    bool IsPresent { get; }

    /// <summary>All its containers, running or not.</summary>
    /// <exception cref="NetworkException">RuntimeUnavailable: it does not answer.</exception>
    IReadOnlyList<ContainerListing> List(CancellationToken stopping);

    /// <summary>What it says of one container now.</summary>
    /// <returns>Null when it has none of that id.</returns>
    /// <exception cref="NetworkException">RuntimeUnavailable: it does not answer.</exception>
    ContainerStatus? Inspect(string id, CancellationToken stopping);

    /// <summary>Tells the ids of containers that start, stop or are removed, until the runtime ends.</summary>
    /// <param name="connected">Called when it listens, and nothing that happens from then on is missed.</param>
    /// <param name="changed">Called with each id.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="NetworkException">RuntimeUnavailable: it does not answer, or does so no more.</exception>
    Task Follow(Action connected, Action<string> changed, CancellationToken stopping);
}

/// <summary>A container in a runtime's list.</summary>
/// <param name="Container">The container.</param>
/// <param name="IsRunning">Whether it runs.</param>
public sealed record ContainerListing(Container Container, bool IsRunning);

/// <summary>What a runtime says of one container.</summary>
/// <param name="ProcessId">Its first process; zero when it does not run.</param>
/// <param name="StartedAt">When it was started, in the runtime's words.</param>
/// <param name="NetworkMode">Where its network comes from: host, container:ID, or anything else.</param>
public readonly record struct ContainerStatus(int ProcessId, string StartedAt, string NetworkMode);
