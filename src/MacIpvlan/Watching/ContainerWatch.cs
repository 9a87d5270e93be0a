using System.Collections.Concurrent;
using MacIpvlan.Containers;

namespace MacIpvlan;

/// <summary>
/// Follows the host's container runtimes and restores or releases the NICs of each container that starts, stops or is
/// removed, keeps the DHCP leases of all NICs, and tells the databases of segments that this host is there, until the command is
/// stopped.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each change, with the target and the action.</param>
public sealed class ContainerWatch(NetworkSession session, Func<string, string, bool> confirm)
{
    private static readonly TimeSpan s_retryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Who is told when the command is ready, alive and ending.</summary>
    internal ServiceNotifier Service { get; init; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Called before each wait for what happens next, which can take long.</summary>
    public Action Waiting { get; init; } = static () => { };

    /// <summary>
    /// Restores everything once, then whatever each starting container needs, for as long as the command runs.
    /// </summary>
    /// <returns>Each item that was changed or failed, as soon as it has been processed.</returns>
    /// <exception cref="OperationCanceledException">The command was stopped.</exception>
    public IEnumerable<RestoredItem> Run()
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(session.Stopping);
        using BlockingCollection<Func<string?>> changes = [];
        using LeaseKeeper leases = new(session);
        SegmentKeeper segments = new(session, confirm);
        Task[] followers = [.. session.Containers.Runtimes.Select(r => Task.Run(() => Watched(r)))];
        try
        {
            foreach (RestoredItem item in Restore(null)) yield return Alive(item);
            bool keepsLeases = confirm("DHCP leases", "Renew them as long as this command runs");
            bool tellsSegments = confirm("address databases", "Tell them that this host is there as long as this command runs");
            Service.IsReady("Watching containers, leases and segments");
            while (true)
            {
                Service.IsAlive();
                // Otherwise, this thread would keep the namespace of the last NIC alive until the next event.
                session.LeaveNamespaces();
                Waiting();
                Func<string?>? change = changes.TryTake(out Func<string?>? next, (int)Wait().TotalMilliseconds, session.Stopping) ? next : null;
                foreach (RestoredItem item in change is null ? [] : Restore(change())) yield return Alive(item);
                foreach (RestoredItem item in keepsLeases ? leases.Work() : []) yield return Alive(item);
                foreach (RestoredItem item in tellsSegments ? segments.Work() : []) yield return Alive(item);
            }
        }
        finally
        {
            Service.IsStopping();
            ending.Cancel();
            Task.WaitAll(followers);
        }

        TimeSpan Wait() => new[] { leases.Wait, segments.Wait, Service.Interval ?? TimeSpan.MaxValue }.Min();

        // A host with many NICs takes longer than a watchdog waits.
        RestoredItem Alive(RestoredItem item)
        {
            Service.IsAlive();
            return item;
        }

        // Whatever ends a follower ends the watch, which would otherwise wait for events that nobody receives.
        async Task Watched(IContainerRuntime runtime)
        {
            try
            {
                await Follow(runtime, changes, ending.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                changes.Add(() => throw new InvalidOperationException(e.Message, e));
            }
        }
    }

    // A runtime that isn't running yet, or stops, can start later. It doesn't report what happened in between.
    private static async Task Follow(IContainerRuntime runtime, BlockingCollection<Func<string?>> changes, CancellationToken ending)
    {
        while (true)
        {
            try
            {
                if (runtime.IsPresent)
                {
                    await runtime.Follow(() => changes.Add(static () => null, ending), id => changes.Add(() => id, ending), ending)
                        .ConfigureAwait(false);
                }
            }
            catch (NetworkException e) when (e.Error == NetworkError.RuntimeUnavailable)
            {
                // It is tried again, like a runtime that isn't running.
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(s_retryInterval, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending.IsCancellationRequested) return;
        }
    }

    // Nothing is cached, because links, networks and runtimes change between events.
    private IEnumerable<RestoredItem> Restore(string? containerId)
    {
        session.Containers.Forget();
        // Most events are of containers that have nothing to do with NICs.
        Lazy<Container?> container = new(() => session.Containers.Find(containerId!));
        ContainerNic[] nics = [.. new ContainerNics(session).GetAll().Where(IsWanted)];
        HashSet<string> used = [.. nics.Select(static n => n.Network)];
        if (containerId is not null && nics.Length == 0) return [];
        ContainerNetwork[] networks = [.. new ContainerNetworks(session).GetAll().Where(n => containerId is null || used.Contains(n.Name))];
        return new NetworkRestoration(session, confirm) { KeepsLeases = true, LeavesSegments = containerId is not null }
            .Restore(networks, areAll: containerId is null, IsWanted)
            .Where(static i => i.Result is RestoreResult.Restored or RestoreResult.Released or RestoreResult.Failed);

        // Its own, and those of the container whose place it has taken.
        bool IsWanted(ContainerNic nic) => containerId is null || nic.ContainerId == containerId
            || (nic.Record.BelongsToName && container.Value is Container other && nic.Record.Container!.IsSucceededBy(other));
    }
}
