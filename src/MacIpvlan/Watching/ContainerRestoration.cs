using MacIpvlan.Containers;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Restores or releases the NICs of containers, and connects those that their labels ask for. Nothing is cached between two of
/// these, because links, networks and runtimes change.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each change, with the target and the action.</param>
/// <param name="labels">What is known about labels.</param>
internal sealed class ContainerRestoration(NetworkSession session, Func<string, string, bool> confirm, LabelKeeper labels)
{
    /// <summary>As <see cref="NetworkRestoration.Defer"/>.</summary>
    public Action<ContainerNic>? Defer { get; init; }

    /// <summary>Does it for all containers.</summary>
    /// <param name="restored">The containers for which the caller does it itself meanwhile.</param>
    /// <returns>Each item, as soon as it has been processed.</returns>
    public IEnumerable<RestoredItem> RestoreAll(IReadOnlySet<string> restored)
    {
        session.Containers.Forget();
        IReadOnlyList<(IContainerRuntime Runtime, ContainerListing Listing)> containers = session.Containers.GetAll();
        Dictionary<string, ContainerListing> byId = containers.ToDictionary(static c => c.Listing.Container.Id, static c => c.Listing);
        foreach (ContainerNic nic in GetNics().Where(IsUntold))
        {
            if (byId.TryGetValue(nic.ContainerId!, out ContainerListing? listing)) Adopt(nic.Record, listing.Container);
        }

        foreach (IGrouping<string, ContainerNic> own in GetNics().Where(static n => n.Record.IsByLabel).GroupBy(static n => n.ContainerId!).ToArray())
        {
            if (byId.GetValueOrDefault(own.Key) is ContainerListing listing) labels.Rename(listing, [.. own]);
            if (HolderOf(own.First()) is not string holder || byId.GetValueOrDefault(holder) is not ContainerListing successor) continue;
            foreach (RestoredItem item in labels.Disconnect(successor, [.. own])) yield return item;
        }

        foreach (RestoredItem item in Restore(new ContainerNetworks(session).GetAll(), areAll: true, static _ => true)) yield return item;
        IReadOnlyList<ContainerNic> nics = GetNics();
        foreach ((IContainerRuntime runtime, ContainerListing listing) in containers.Where(static c => c.Listing.Labels.Count > 0))
        {
            if (restored.Contains(listing.Container.Id)) continue;
            foreach (RestoredItem item in labels.Connect(runtime, listing, [.. nics.Where(n => IsOf(n, listing.Container.Id, listing.Container))])) yield return item;
        }

        labels.Await(nics);
    }

    /// <summary>Does it for one container that was started, stopped, removed or renamed.</summary>
    /// <returns>Each item, as soon as it has been processed.</returns>
    public IEnumerable<RestoredItem> Restore(IContainerRuntime runtime, string id)
    {
        session.Containers.Forget();
        ContainerListing? listing = session.Containers.Find(runtime, id);
        foreach (ContainerNic nic in labels.IsBeforeStart ? [] : GetNics().Where(n => n.ContainerId == id && IsUntold(n)))
        {
            Adopt(nic.Record, listing?.Container ?? nic.Record.Container! with { Address = runtime.Address });
        }

        // Most events are of containers that have nothing to do with NICs.
        ContainerNic[] nics = [.. GetNics().Where(n => IsOf(n, id, listing?.Container))];
        if (listing is not null)
        {
            labels.Rename(listing, nics);
            foreach (RestoredItem item in labels.Disconnect(listing, nics)) yield return item;
        }

        if (nics.Length > 0)
        {
            HashSet<string> used = [.. nics.Select(static n => n.Network)];
            ContainerNetwork[] networks = [.. new ContainerNetworks(session).GetAll().Where(n => used.Contains(n.Name))];
            foreach (RestoredItem item in Restore(networks, areAll: false, n => IsOf(n, id, listing?.Container))) yield return item;
        }

        if (listing is null)
        {
            labels.Forget(id);
            labels.Await(nics);
            yield break;
        }

        if (listing.Labels.Count == 0) yield break;
        foreach (RestoredItem item in labels.Connect(runtime, listing, [.. GetNics().Where(n => IsOf(n, id, listing.Container))])) yield return item;
    }

    // Its container was connected without its runtime, as by a hook: it has no name on record, and nobody who can tell when it's
    // removed.
    private static bool IsUntold(ContainerNic nic) => nic.Record is { Container.Address.Length: 0, IsSettled: true };

    private void Adopt(NicRecord nic, Container told)
    {
        if (!confirm(nic.NamespaceName, $"Record that it's the container {told} of {told.Address}")) return;
        session.State.UpdateNic(nic with { Container = told with { Cgroup = nic.Container!.Cgroup }, NamespaceName = told.Name }, from: nic.State);
    }

    // The container's own, and those of the one whose place it has taken. Null if it has been removed.
    private bool IsOf(ContainerNic nic, string id, Container? container) => nic.ContainerId == id
        || (nic.Record.BelongsToName && container is not null && nic.Record.Container!.IsSucceededBy(container) && HolderOf(nic) == id);

    // The id of the container that is to have a NIC now: one that was renamed keeps its NICs while it runs. Null if none is.
    private string? HolderOf(ContainerNic nic)
    {
        using ContainerSighting? sighting = session.Containers.TryLook(nic.Record.Container!, byName: true);
        return sighting?.Container?.Id;
    }

    private IReadOnlyList<ContainerNic> GetNics() => new ContainerNics(session).GetAll();

    private IEnumerable<RestoredItem> Restore(IReadOnlyList<ContainerNetwork> networks, bool areAll, Func<ContainerNic, bool> isWanted) =>
        new NetworkRestoration(session, confirm) { KeepsLeases = !labels.IsBeforeStart, LeavesSegments = !areAll, Defer = Defer }.Restore(networks, areAll, isWanted);
}
