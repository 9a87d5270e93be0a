using System.Diagnostics;
using System.Globalization;
using MacIpvlan.Linux;

namespace MacIpvlan.Containers;

/// <summary>Finds the network namespace that a container has now: by its runtime, else by the control groups of processes.</summary>
internal sealed class ContainerFinder(IReadOnlyList<IContainerRuntime> runtimes, CancellationToken stopping) : IDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan s_validity = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_validityOfFailure = TimeSpan.FromSeconds(10);
    private readonly Dictionary<IContainerRuntime, Answer> _answers = [];

    /// <summary>The runtimes that may be asked, now or when they are there.</summary>
    public IReadOnlyList<IContainerRuntime> Runtimes => runtimes;

    private IContainerRuntime[] Present => [.. runtimes.Where(static r => r.IsPresent)];

    /// <summary>Opens the namespace of the container of a name, an id, or the beginning of an id.</summary>
    /// <exception cref="NetworkException">
    /// ContainerNotFound, ContainerAmbiguous, ContainerNotRunning, NamespaceShared, HostNamespace or RuntimeUnavailable.
    /// </exception>
    public ContainerTarget Open(string text)
    {
        if (!Container.CanBeName(text)) throw ContainerErrors.InvalidName(text);

        (IContainerRuntime Runtime, ContainerListing Listing)[] all =
            [.. Present.SelectMany(r => List(r).Containers.Select(c => (r, c)))];
        (IContainerRuntime Runtime, ContainerListing Listing)[] found = Matching(c => c.Name == text || c.Id == text);
        if (found.Length == 0) found = Matching(c => c.Id.StartsWith(text, StringComparison.Ordinal));
        if (found.Length > 1) throw ContainerErrors.Ambiguous(text, found.Select(static f => f.Listing.Container.ToString()));
        if (found.Length == 1) return Open(found[0].Runtime, found[0].Listing.Container);
        return TryOpenByCgroup(text) ?? throw NotFound(text);

        // One that two sockets lead to is one.
        (IContainerRuntime, ContainerListing)[] Matching(Func<Container, bool> matches) =>
            [.. all.Where(f => matches(f.Listing.Container)).DistinctBy(static f => f.Listing.Container.Id)];
    }

    /// <summary>Looks what has become of a container.</summary>
    public ContainerSighting Look(Container container)
    {
        foreach (IContainerRuntime runtime in Present)
        {
            if (List(runtime).Containers.FirstOrDefault(c => c.Container.Id == container.Id) is not ContainerListing listing) continue;
            if (!listing.IsRunning) return new(ContainerState.Stopped);
            try
            {
                return new(ContainerState.Running) { Namespace = Open(runtime, listing.Container).Namespace };
            }
            catch (NetworkException e) when (e.Error is NetworkError.ContainerNotRunning)
            {
                return new(ContainerState.Stopped);
            }
        }

        if (TryOpenByCgroup(container.Id) is ContainerTarget target)
        {
            return new(ContainerState.Running) { Namespace = target.Namespace };
        }

        // Only the daemon that knew it can tell that it is gone.
        bool isGone = Present.Any(r => r.Address == container.Address && List(r).Failure is null);
        return new(isGone ? ContainerState.Gone : ContainerState.Unknown);
    }

    /// <summary>The containers that run, as far as runtimes tell within some time.</summary>
    public IReadOnlyList<Container> GetRunning(TimeSpan patience)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timer.CancelAfter(patience);
        // A runtime is asked on a thread of its own: one that hangs does not keep the others from being heard.
        return [.. Present.Select(r => Task.Run(() => AskInTime(r, timer.Token))).ToArray().SelectMany(static a => a.Result)
            .Where(static c => c.IsRunning).Select(static c => c.Container).DistinctBy(static c => c.Id)];
    }

    /// <summary>Forgets what runtimes said, since something has changed.</summary>
    public void Forget() => _answers.Clear();

    public void Dispose()
    {
        foreach (IContainerRuntime runtime in runtimes) runtime.Dispose();
    }

    // Looked at for many NICs at a time, as a rule; and who does not answer is not asked for each.
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

    private ContainerTarget Open(IContainerRuntime runtime, Container container)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            ContainerStatus status = runtime.Inspect(container.Id, stopping) ?? throw NotFound(container.Id);
            CheckNamespace(container, status);
            long? start = HostBoot.ProcessStart(status.ProcessId);
            NamespaceHandle? handle = OpenNamespace(container.Name, status.ProcessId);
            // From here on the namespace is held. It is the container's if the process is, and has been all the while: a
            // process id is another's soon after the container stops, before its runtime says so.
            bool isSame = start is not null && HostBoot.ProcessStart(status.ProcessId) == start
                && runtime.Inspect(container.Id, stopping) == status;
            string? claim = ContainerProcesses.ReadCgroup(status.ProcessId)?.Id;
            if (handle is not null && isSame && claim == container.Id) return new(container, handle);
            handle?.Dispose();
            if (handle is not null && isSame) throw ContainerErrors.NotItsProcess(container, status.ProcessId);
        }

        throw ContainerErrors.NotRunning(container);
    }

    private static ContainerTarget? TryOpenByCgroup(string id)
    {
        if (!IsCgroupId(id)) return null;
        IReadOnlyList<ContainerProcess> found = ContainerProcesses.Find(id);
        if (found.Count > 1) throw ContainerErrors.Ambiguous(id, found.Select(static p => p.Cgroup.Path));
        if (found.Count == 0) return null;
        ContainerProcess process = found[0];
        NamespaceHandle? handle = OpenNamespace(process.Cgroup.Id[..Container.ShortIdLength], process.Id);
        if (handle is null) return null;
        if (HostBoot.ProcessStart(process.Id) == process.Start && ContainerProcesses.ReadCgroup(process.Id) == process.Cgroup)
        {
            Container container = new(process.Cgroup.Id, handle.Name, process.Cgroup.Runtime, Image: "", Address: "");
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
            string other = Present.SelectMany(r => List(r).Containers).Select(static c => c.Container)
                .FirstOrDefault(c => c.Id == id)?.Name ?? id;
            throw ContainerErrors.Shares(container, other);
        }

        if (status.ProcessId <= 0) throw ContainerErrors.NotRunning(container);
    }

    private NetworkException NotFound(string text)
    {
        IContainerRuntime[] present = Present;
        NetworkException[] failures = [.. present.Select(r => List(r).Failure).OfType<NetworkException>()];
        // Where there is nobody who could know a name, that is what is wrong; an id would be known to the kernel.
        return failures.Length > 0 || (present.Length == 0 && !IsCgroupId(text))
            ? ContainerErrors.NobodyToAsk(text, failures)
            : ContainerErrors.NotFound(text, IsCgroupId(text), present);
    }

    // Less than what runtimes show of an id could be a word.
    private static bool IsCgroupId(string text) =>
        text.Length >= Container.ShortIdLength && text.All(char.IsAsciiHexDigitLower);

    private sealed record Answer(IReadOnlyList<ContainerListing> Containers, NetworkException? Failure, long Time);
}

/// <summary>A container, and the namespace that it has now, held.</summary>
internal sealed record ContainerTarget(Container Container, NamespaceHandle Namespace);

/// <summary>What has become of a container.</summary>
internal sealed record ContainerSighting(ContainerState State) : IDisposable
{
    /// <summary>The namespace that it has now, if it runs.</summary>
    public NamespaceHandle? Namespace { get; init; }

    public void Dispose() => Namespace?.Dispose();
}

/// <summary>Whether a container is there.</summary>
internal enum ContainerState
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It does not run, and may be started again.</summary>
    Stopped,

    /// <summary>It has been removed.</summary>
    Gone,

    /// <summary>Nobody tells.</summary>
    Unknown,
}
