using System.Diagnostics;
using System.Globalization;
using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>
/// Finds the current network namespace of a container: through its runtime, or through the control groups of processes.
/// </summary>
internal sealed class ContainerFinder(IReadOnlyList<IContainerRuntime> runtimes, CancellationToken stopping) : IDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan s_validity = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_validityOfFailure = TimeSpan.FromSeconds(10);
    private readonly Dictionary<IContainerRuntime, Answer> _answers = [];
    private (IContainerRuntime Runtime, ContainerStatus Status)? _told;
    private (IReadOnlyList<(int Process, ContainerCgroup Cgroup)> All, long Time)? _processes;

    /// <summary>All runtimes, including those that aren't running.</summary>
    public IReadOnlyList<IContainerRuntime> Runtimes => runtimes;

    /// <summary>Whether a runtime has reported a container, and nobody is asked about it here, because a runtime waits for its hook.</summary>
    public bool IsUnasked(Container container) => container.Address.Length > 0 && runtimes.Any(static r => r is WaitingRuntime);

    private IContainerRuntime[] Present => [.. runtimes.Where(static r => r.IsPresent)];

    /// <summary>Opens the namespace of a container by name, id, or the beginning of an id.</summary>
    /// <exception cref="NetworkException">
    /// ContainerNotFound, ContainerAmbiguous, ContainerNotRunning, NamespaceShared, HostNamespace or RuntimeUnavailable.
    /// </exception>
    public ContainerTarget Open(string text)
    {
        if (!Container.CanBeName(text)) throw ContainerErrors.InvalidName(text);

        (IContainerRuntime Runtime, ContainerListing Listing)[] found = Matching(c => c.Container.Name == text || c.Container.Id == text);
        if (found.Length == 0) found = Matching(c => c.Container.Id.StartsWith(text, StringComparison.Ordinal));
        if (found.Length > 1) throw ContainerErrors.Ambiguous(text, found.Select(static f => f.Listing.Container));
        if (found.Length == 0) return TryOpenByCgroup(ContainerProcesses.FindAll(), text, "") ?? throw NotFound(text);
        Container container = found[0].Listing.Container;
        return (TryOpen(found[0].Runtime, container) ?? throw NotFound(container.Id)) with { IsNamed = container.Name == text };
    }

    /// <summary>The container with an id, as its runtime reports it; null if none does.</summary>
    private Container? Find(string id) => Matching(c => c.Container.Id == id) is [var found, ..] ? found.Listing.Container : null;

    /// <summary>A container as a runtime reports it now; null if the runtime doesn't have it, or doesn't answer.</summary>
    /// <remarks>Until something else is asked about, no list of all containers is needed for it.</remarks>
    public ContainerListing? Find(IContainerRuntime runtime, string id)
    {
        try
        {
            ContainerStatus? status = runtime.Inspect(id, stopping);
            _told = status is null ? null : (runtime, status);
            return status?.Listing;
        }
        catch (NetworkException e) when (e.Error == NetworkError.RuntimeUnavailable)
        {
            return null;
        }
    }

    /// <summary>All containers that runtimes report, running or not.</summary>
    public IReadOnlyList<(IContainerRuntime Runtime, ContainerListing Listing)> GetAll() => Matching(static _ => true);

    /// <summary>Determines the current state of a container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="byName">Whether it's any container of the name, so that another one takes its place when it's gone.</param>
    /// <param name="canSucceed">Whether a container that would take it can.</param>
    /// <exception cref="NetworkException">ContainerAmbiguous: several have taken its name; or its namespace can't be determined.</exception>
    public ContainerSighting Look(Container container, bool byName, Func<Container, bool> canSucceed)
    {
        // One that isn't running could have been replaced.
        if (_told is { Status.Listing: { IsRunning: true } latest } told && latest.Container.Id == container.Id
            && Look(told.Runtime, latest) is { State: ContainerState.Running } running) return running;
        foreach (IContainerRuntime runtime in Present)
        {
            if (List(runtime).Containers.FirstOrDefault(c => c.Container.Id == container.Id) is not ContainerListing listing) continue;
            if (Look(runtime, listing) is not ContainerSighting own) break;
            // One that was renamed keeps its NICs while it runs.
            bool isReplaced = byName && own.State == ContainerState.Stopped && listing.Container.Name != container.Name;
            return isReplaced && FindSuccessor(container, canSucceed) is { State: ContainerState.Running } successor ? successor : own;
        }

        // The processes are usually needed for many containers at a time.
        if (_processes is not { } known || Stopwatch.GetElapsedTime(known.Time) > s_validity)
        {
            _processes = known = (ContainerProcesses.FindAll(), Stopwatch.GetTimestamp());
        }

        if (TryOpenByCgroup(known.All, container.Id, container.Cgroup) is ContainerTarget target)
        {
            return new(ContainerState.Running) { Namespace = target.Namespace };
        }

        if (byName && FindSuccessor(container, canSucceed) is ContainerSighting other) return other;
        // Only the daemon that reported the container can confirm that it was removed.
        bool isGone = Present.Any(r => r.Address == container.Address && List(r).Failure is null);
        return new(!isGone ? ContainerState.Unknown : byName ? ContainerState.Awaited : ContainerState.Gone);
    }

    // Null if it has been removed since it was listed.
    private ContainerSighting? Look(IContainerRuntime runtime, ContainerListing listing)
    {
        if (!listing.IsRunning) return new(ContainerState.Stopped) { Container = listing.Container };
        try
        {
            return TryOpen(runtime, listing.Container) is ContainerTarget target
                ? new(ContainerState.Running) { Container = target.Container, Namespace = target.Namespace }
                : null;
        }
        catch (NetworkException e) when (e.Error is NetworkError.ContainerNotRunning)
        {
            return new(ContainerState.Stopped) { Container = listing.Container };
        }
    }

    // Null if no other container has its name and can take its place.
    private ContainerSighting? FindSuccessor(Container container, Func<Container, bool> canSucceed)
    {
        (IContainerRuntime Runtime, ContainerListing Listing)[] found = Matching(c => container.IsSucceededBy(c.Container) && canSucceed(c.Container));
        // With another runtime on the host, two can have the name.
        if (found.Length > 1 && found.Count(f => f.Runtime.Address == container.Address) == 1) found = [.. found.Where(f => f.Runtime.Address == container.Address)];
        return found.Length switch
        {
            0 => null,
            1 => Look(found[0].Runtime, found[0].Listing),
            _ => throw ContainerErrors.Ambiguous(container.Name, found.Select(static f => f.Listing.Container)),
        };
    }

    /// <summary>The running containers that runtimes report within a time limit.</summary>
    public IReadOnlyList<Container> GetRunning(TimeSpan patience)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timer.CancelAfter(patience);
        // Each runtime is asked on a separate thread, so that one that hangs doesn't delay the others.
        return [.. Present.Select(r => Task.Run(() => AskInTime(r, timer.Token))).ToArray().SelectMany(static a => a.Result)
            .Where(static c => c.IsRunning).Select(static c => c.Container).DistinctBy(static c => c.Id)];
    }

    /// <summary>Discards what is cached, because something has changed.</summary>
    public void Forget()
    {
        _answers.Clear();
        _processes = null;
        _told = null;
    }

    public void Dispose()
    {
        foreach (IContainerRuntime runtime in runtimes) runtime.Dispose();
    }

    // The answer is usually needed for many NICs at a time, and a runtime that doesn't answer isn't asked for each.
    private Answer List(IContainerRuntime runtime)
    {
        if (_answers.TryGetValue(runtime, out Answer? known)
            && Stopwatch.GetElapsedTime(known.Time) < (known.Failure is null ? s_validity : s_validityOfFailure)) return known;
        return _answers[runtime] = Ask(runtime, stopping);
    }

    private static IReadOnlyList<ContainerListing> AskInTime(IContainerRuntime runtime, CancellationToken timer)
    {
        try
        {
            return Ask(runtime, timer).Containers;
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    private static Answer Ask(IContainerRuntime runtime, CancellationToken stopping)
    {
        try
        {
            return new(runtime.List(stopping), null, Stopwatch.GetTimestamp());
        }
        catch (NetworkException e) when (e.Error == NetworkError.RuntimeUnavailable)
        {
            return new([], e, Stopwatch.GetTimestamp());
        }
    }

    // Two sockets can report the same container.
    private (IContainerRuntime Runtime, ContainerListing Listing)[] Matching(Func<ContainerListing, bool> matches) =>
        [.. Present.SelectMany(r => List(r).Containers.Select(c => (Runtime: r, Listing: c)))
            .Where(f => matches(f.Listing)).DistinctBy(static f => f.Listing.Container.Id)];

    /// <summary>Opens the namespace of a running container.</summary>
    /// <returns>Null if it has been removed meanwhile.</returns>
    /// <exception cref="NetworkException">As <see cref="Open"/>.</exception>
    public ContainerTarget? TryOpen(IContainerRuntime runtime, Container container)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            bool isTold = attempt == 0 && _told?.Status.Listing.Container.Id == container.Id;
            if ((isTold ? _told!.Value.Status : runtime.Inspect(container.Id, stopping)) is not ContainerStatus status) return null;
            CheckNamespace(container, status);
            long? start = HostBoot.ProcessStart(status.ProcessId);
            NamespaceHandle? handle = OpenNamespace(container.Name, status.ProcessId);
            // From here on, the handle keeps the namespace alive. The process must have been the container's all the
            // time: its id can be reused soon after the container stops, before the runtime reports that.
            bool isSame = start is not null && HostBoot.ProcessStart(status.ProcessId) == start
                && status.IsSameRun(runtime.Inspect(container.Id, stopping));
            ContainerCgroup? claim = ContainerProcesses.ReadCgroup(status.ProcessId);
            if (handle is not null && isSame && claim?.Id == container.Id) return new(container with { Cgroup = claim.Path }, handle);
            handle?.Dispose();
            // A process that has just ended is in no group.
            bool isAlive = HostBoot.ProcessStart(status.ProcessId) == start;
            if (handle is not null && isSame && isAlive) throw ContainerErrors.NotItsProcess(container, status.ProcessId);
        }

        throw ContainerErrors.NotRunning(container);
    }

    private static ContainerTarget? TryOpenByCgroup(IReadOnlyList<(int, ContainerCgroup)> processes, string id, string group)
    {
        if (!IsCgroupId(id)) return null;
        IReadOnlyList<ContainerProcess> found = ContainerProcesses.Find(processes, id, group);
        if (found.Count > 1) throw ContainerErrors.AmbiguousGroup(id, found.Select(static p => p.Cgroup.Path));
        if (found.Count == 0) return null;
        ContainerProcess process = found[0];
        NamespaceHandle? handle = OpenNamespace(process.Cgroup.Id[..Container.ShortIdLength], process.Id);
        if (handle is null) return null;
        if (HostBoot.ProcessStart(process.Id) == process.Start && ContainerProcesses.ReadCgroup(process.Id) == process.Cgroup)
        {
            Container container = new(process.Cgroup.Id, handle.Name, process.Cgroup.Runtime, Image: "", Address: "") { Cgroup = process.Cgroup.Path };
            return handle.Identity != NamespaceHandle.OwnIdentity ? new(container, handle) : throw ContainerErrors.UsesHost(container);
        }

        handle.Dispose();
        return null;
    }

    private static NamespaceHandle? OpenNamespace(string name, int processId)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net");
        return NamespaceHandle.TryOpen(name, path, out int errno)
            ?? (errno is Errno.EACCES or Errno.EPERM ? NamespaceHandle.Open(name, path) : null);
    }

    private void CheckNamespace(Container container, ContainerStatus status)
    {
        const string Shared = "container:";
        if (status.NetworkMode == "host") throw ContainerErrors.UsesHost(container);
        if (status.NetworkMode.StartsWith(Shared, StringComparison.Ordinal))
        {
            string id = status.NetworkMode[Shared.Length..];
            throw ContainerErrors.Shares(container, Find(id)?.Name ?? id);
        }

        if (status.ProcessId <= 0) throw ContainerErrors.NotRunning(container);
    }

    private NetworkException NotFound(string text)
    {
        IContainerRuntime[] present = Present;
        NetworkException[] failures = [.. present.Select(r => List(r).Failure).OfType<NetworkException>()];
        // If no runtime could know a name, that's the problem; an id would also be found in the control groups.
        return failures.Length > 0 || (present.Length == 0 && !IsCgroupId(text))
            ? ContainerErrors.NobodyToAsk(text, failures)
            : ContainerErrors.NotFound(text, IsCgroupId(text), present);
    }

    // Fewer digits than a short id could be a name.
    private static bool IsCgroupId(string text) =>
        text.Length >= Container.ShortIdLength && text.All(char.IsAsciiHexDigitLower);

    private sealed record Answer(IReadOnlyList<ContainerListing> Containers, NetworkException? Failure, long Time);
}

/// <summary>A container and its current namespace, which the handle keeps alive.</summary>
internal sealed record ContainerTarget(Container Container, NamespaceHandle Namespace)
{
    /// <summary>Whether it was found by its name.</summary>
    public bool IsNamed { get; init; }
}

/// <summary>The current state of a container.</summary>
internal sealed record ContainerSighting(ContainerState State) : IDisposable
{
    /// <summary>The container, or the one that has taken its place, as the runtime reports it; null if none does.</summary>
    public Container? Container { get; init; }

    /// <summary>The current namespace; null if the container isn't running.</summary>
    public NamespaceHandle? Namespace { get; init; }

    public void Dispose() => Namespace?.Dispose();
}

/// <summary>The states of a container.</summary>
internal enum ContainerState
{
    /// <summary>It's running.</summary>
    Running,

    /// <summary>It isn't running, but can be started again.</summary>
    Stopped,

    /// <summary>It has been removed.</summary>
    Gone,

    /// <summary>It has been removed, and no other one has its name yet.</summary>
    Awaited,

    /// <summary>No runtime reports its state.</summary>
    Unknown,
}
