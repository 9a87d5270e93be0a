using System.Collections.Concurrent;
using System.Runtime.InteropServices;
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
        using BlockingCollection<Func<ContainerChange>> changes = [];
        using LeaseKeeper leases = new(session);
        SegmentKeeper segments = new(session, confirm);
        LabelKeeper labels = new(session, confirm);
        QuietWork quiet = new();
        HashSet<string> started = [];
        Task[] followers = [.. session.Containers.Runtimes.Select(r => Task.Run(() => Watched(r)))];
        bool isAllDue = true, isReloading = false;
        // Without a service manager, it means that the terminal is gone, and ends the process.
        using PosixSignalRegistration? reload = !Service.HasManager ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            changes.Add(static () => ContainerChange.Reload);
        });
        try
        {
            foreach (RestoredItem item in RestoreAllDue()) yield return item;
            bool keepsLeases = confirm("DHCP leases", "Renew them as long as this command runs");
            bool tellsSegments = confirm("address databases", "Tell them that this host is there as long as this command runs");
            TellReady();
            while (true)
            {
                Service.IsAlive();
                // Otherwise, this thread would keep the namespace of the last NIC alive until the next event.
                session.LeaveNamespaces();
                Waiting();
                foreach (RestoredItem item in RestoreNext((int)Wait().TotalMilliseconds)) yield return item;
                foreach (RestoredItem item in RestoreAllDue()) yield return item;
                foreach (RestoredItem item in keepsLeases ? leases.Work() : []) yield return item;
                foreach (RestoredItem item in tellsSegments ? segments.Work() : []) yield return item;
                foreach (RestoredItem item in labels.Work()) yield return item;
                foreach (ContainerChange change in labels.TakeChanged()) quiet.Add(change);
                foreach (RestoredItem item in RestoreQuiet()) yield return item;
            }
        }
        finally
        {
            Service.IsStopping();
            ending.Cancel();
            Task.WaitAll(followers);
            session.RollBack(() =>
            {
                foreach (ContainerNic former in quiet.TakeLeftovers()) new NicRemoval(session).DeleteFormer(former);
            });
        }

        TimeSpan Wait() => new[] { leases.Wait, segments.Wait, labels.Wait, quiet.Wait, Service.Interval ?? TimeSpan.MaxValue }.Min();

        // On a host with many NICs, a container that has just started doesn't wait until all others have been looked at.
        IEnumerable<RestoredItem> RestoreAllDue()
        {
            while (isAllDue)
            {
                isAllDue = false;
                started.Clear();
                if (isReloading) Service.IsReloading();
                foreach (RestoredItem item in new ContainerRestoration(session, confirm, labels).RestoreAll(started))
                {
                    Service.IsAlive();
                    if (IsTold(item)) yield return item;
                    while (changes.Count > 0)
                    {
                        foreach (RestoredItem next in RestoreNext(0)) yield return next;
                    }
                }

                if (!isReloading || isAllDue) continue;
                isReloading = false;
                TellReady();
            }
        }

        void TellReady() => Service.IsReady("Watching containers, leases and segments");

        // A program that has just started needs its NIC; everything else has time.
        IEnumerable<RestoredItem> RestoreNext(int patience)
        {
            if (!changes.TryTake(out Func<ContainerChange>? next, patience, session.Stopping)) return [];
            ContainerChange change = next();
            isReloading |= change.IsReload;
            if (change.ContainerId is null) isAllDue = true;
            else if (change.IsStart) return Restore(change);
            else quiet.Add(change);
            return [];
        }

        IEnumerable<RestoredItem> RestoreQuiet()
        {
            if (quiet.Take() is not { } due) return [];
            if (due.Change is not null) return Restore(due.Change);
            new NicRemoval(session).DeleteFormer(due.Leftover!);
            return [];
        }

        IEnumerable<RestoredItem> Restore(ContainerChange change)
        {
            quiet.Drop(change.ContainerId!);
            started.Add(change.ContainerId!);
            return new ContainerRestoration(session, confirm, labels) { Defer = quiet.Add }.Restore(change.Runtime!, change.ContainerId!).Where(IsTold);
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

    private static bool IsTold(RestoredItem item) => item.Result is not (RestoreResult.InPlace or RestoreResult.Waiting or RestoreResult.Skipped);

    // A runtime that isn't running yet, or stops, can start later. It doesn't report what happened in between.
    private static async Task Follow(IContainerRuntime runtime, BlockingCollection<Func<ContainerChange>> changes, CancellationToken ending)
    {
        while (true)
        {
            try
            {
                if (runtime.IsPresent)
                {
                    await runtime.Follow(
                        () => changes.Add(() => new(runtime, null, IsStart: false), ending),
                        (id, isStart) => changes.Add(() => new(runtime, id, isStart), ending), ending)
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
}
