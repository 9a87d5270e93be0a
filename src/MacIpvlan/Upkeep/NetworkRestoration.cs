using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Makes again what is on record and not in the kernel, as after a reboot: sub-interfaces and dummies, and the NICs of
/// namespaces that are there. What is in place is left alone, so it may be done at any time.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each change: what, and what is done to it.</param>
public sealed class NetworkRestoration(NetworkSession session, Func<string, string, bool> confirm)
{
    private readonly ContainerNics _nics = new(session);
    private readonly ConnectSteps _connector = new(session);
    private readonly NicLinks _links = new(session);
    private readonly ParentLinks _parents = new(session);

    /// <summary>Restores networks.</summary>
    /// <param name="networks">Which; with all, also sub-interfaces that no network uses.</param>
    /// <param name="areAll">Whether these are all.</param>
    /// <param name="isWanted">Which of their NICs; all when null.</param>
    /// <returns>Each thing, as soon as it has been seen to.</returns>
    public IEnumerable<RestoredItem> Restore(IReadOnlyList<ContainerNetwork> networks, bool areAll, Func<ContainerNic, bool>? isWanted = null)
    {
        if (session.State.NeedsRecovery() && confirm("interrupted commands", "Undo what they left half done")) session.Recover();
        List<RestoredItem> parents = RestoreParents(networks, areAll);
        foreach (RestoredItem item in parents) yield return item;
        HashSet<string> skipped = [.. parents.Where(static p => p.Result == RestoreResult.Skipped).Select(static p => p.Name)];
        Dictionary<string, RestoredItem> restored = [];
        foreach (ContainerNetwork network in networks)
        {
            RestoredItem item = new(RestoredKind.Network, network.Name, network.Name, RestoreResult.InPlace);
            if (skipped.Contains(network.Parent)) item = item with { Result = RestoreResult.Skipped };
            else if (_parents.FindUsable(network.Parent) is null)
            {
                item = item with { Result = RestoreResult.Failed, Reason = $"Its parent {network.Parent} is missing." };
            }

            restored.Add(network.Id, item);
            yield return item;
        }

        // In the order they were made, whatever their networks: the first of a namespace has its default route.
        ContainerNic[] nics = [.. _nics.GetAllWithHost().Where(n => restored.ContainsKey(n.NetworkRecord.Id) && (isWanted?.Invoke(n) ?? true))];
        foreach (ContainerNic nic in nics)
        {
            session.Progress(new("Restoring NICs", nic, nics.Length));
            ContainerNetwork network = networks.First(n => n.Id == nic.NetworkRecord.Id);
            RestoreResult parent = restored[network.Id].Result;
            yield return parent == RestoreResult.Skipped
                ? Of(nic, RestoreResult.Skipped)
                : RestoreNic(nic, network, hasParent: parent == RestoreResult.InPlace);
        }
    }

    /// <summary>Makes the interface of one NIC again where it was, or where its namespace's name leads now.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <param name="hasParent">Whether the network's parent is there.</param>
    /// <param name="replace">Whether an interface that is there makes way for a new one.</param>
    internal RestoredItem RestoreNic(ContainerNic nic, ContainerNetwork network, bool hasParent, bool replace = false)
    {
        NicRecord record = nic.Record;
        if (record.State is not (NicState.Attached or NicState.Detached))
        {
            return AtWork(nic);
        }

        try
        {
            if (!hasParent) return Detach(nic, RestoreResult.Failed, $"The parent {nic.Parent} is missing.");
            using NamespaceHandle? alive = _links.OpenNamespace(record);
            using ContainerSighting? container = record.Container is null ? null : session.Containers.Look(record.Container);
            // Where others share it, the namespace outlives a restart of the container that it was made for.
            bool hasMoved = alive is not null && container?.Namespace is NamespaceHandle now && now.Identity != alive.Identity;
            if (alive is not null && !hasMoved && !replace && IsThere(alive, nic)) return Keep(nic);
            using NamespaceHandle? successor = alive is null ? OpenSuccessor(record) : null;
            if ((container?.Namespace ?? alive ?? successor) is NamespaceHandle target)
            {
                string restore = $"Restore the NIC on network {nic.Network}, with {DescribeAddresses(nic)}";
                if (!confirm(nic.ToString(), restore)) return Of(nic, RestoreResult.Skipped);
                if (alive is not null) _links.Delete(alive, record, network.Record);
                return _connector.Reattach(nic, network, target) is ContainerNic made ? Of(made, RestoreResult.Restored) : AtWork(nic);
            }

            if (container is { State: not ContainerState.Gone })
            {
                return Detach(nic, RestoreResult.Waiting, container.State == ContainerState.Stopped
                    ? "Its container is stopped."
                    : "No runtime tells whether its container is still there.");
            }

            // What ended while the kernel runs has ended for good; after a reboot, it may not have been started yet.
            if (record.IsNamed && record.NamespaceBirth.BootId != HostBoot.Id) return Detach(nic, RestoreResult.Waiting, "Its namespace is not there.");
            string reason = container is null ? "Its namespace has ended." : "Its container has been removed.";
            string release = $"Release the NIC of network {nic.Network}, with {DescribeAddresses(nic)}: {reason}";
            if (!confirm(nic.ToString(), release)) return Of(nic, RestoreResult.Skipped);
            _links.Release(record);
            return Of(nic, RestoreResult.Released, reason);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            return Of(nic, RestoreResult.Failed, e.Message);
        }
    }

    private List<RestoredItem> RestoreParents(IReadOnlyList<ContainerNetwork> networks, bool areAll)
    {
        List<RestoredItem> items = [];
        using IDisposable topology = session.State.LockTopology();
        foreach (ParentLinkRecord record in session.State.GetParentLinks())
        {
            string[] users = [.. networks.Where(n => n.Parent == record.Name).Select(static n => n.Name)];
            if (users.Length == 0 && !areAll) continue;
            RestoredItem item = new(RestoredKind.Parent, record.Name, string.Join(", ", users), RestoreResult.InPlace);
            string restore = $"Restore the parent: {record.Kind}{(record.Parent is null ? "" : $" on {record.Parent}")}";
            try
            {
                if (_parents.IsInPlace(record)) items.Add(item);
                else if (!confirm(record.Name, restore)) items.Add(item with { Result = RestoreResult.Skipped });
                else items.Add(item with { Result = _parents.Restore(record) ? RestoreResult.Restored : RestoreResult.InPlace });
            }
            catch (Exception e) when (e is NetworkException or NetlinkException)
            {
                items.Add(item with { Result = RestoreResult.Failed, Reason = e.Message });
            }
        }

        return items;
    }

    private bool IsThere(NamespaceHandle target, ContainerNic nic) => session.Namespaces.Run(target, () =>
    {
        using RouteSocket inside = RouteSocket.Open(target);
        return NicLinks.Find(inside, nic.Record, nic.NetworkRecord) is not null;
    });

    // A name is what was named; so is a process that lives on, in another namespace.
    private static NamespaceHandle? OpenSuccessor(NicRecord nic)
    {
        if (nic.IsHost) return NamespaceHandle.OpenOwn();
        bool isSameProcess = nic.ProcessId is int id && nic.NamespaceBirth.BootId == HostBoot.Id
            && HostBoot.ProcessStart(id) == nic.ProcessStart;
        if (!isSameProcess && !nic.IsNamed) return null;
        NamespaceHandle? found = NamespaceHandle.TryOpen(nic.NamespaceName, nic.NamespacePath, out _);
        if (found?.Identity != NamespaceHandle.OwnIdentity) return found;
        found.Dispose();
        return null;
    }

    private RestoredItem Keep(ContainerNic nic)
    {
        // Its parent was away, under another name or in another namespace.
        if (nic.Record.State == NicState.Detached && confirm(nic.ToString(), $"Record that the NIC of network {nic.Network} is attached"))
        {
            session.State.UpdateNic(nic.Record with { State = NicState.Attached }, from: NicState.Detached);
        }

        return Of(nic, RestoreResult.InPlace);
    }

    private RestoredItem Detach(ContainerNic nic, RestoreResult result, string reason)
    {
        if (nic.Record.State == NicState.Attached && confirm(nic.ToString(), $"Record that the NIC of network {nic.Network} is detached"))
        {
            session.State.UpdateNic(nic.Record with { State = NicState.Detached }, from: NicState.Attached);
        }

        return Of(nic, result, reason);
    }

    private static string DescribeAddresses(ContainerNic nic) => Phrase.Count(nic.IPAddress.Count, "address", "addresses");

    private static RestoredItem AtWork(ContainerNic nic) => Of(nic, RestoreResult.InPlace, "Another command is at work on it.");

    private static RestoredItem Of(ContainerNic nic, RestoreResult result, string reason = "") =>
        new(RestoredKind.Nic, nic.ToString(), nic.Network, result) { Reason = reason };
}

/// <summary>What became of one thing that was to be restored.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; that of a NIC is namespace and interface.</param>
/// <param name="Network">The network that it belongs to, or the networks.</param>
/// <param name="Result">What became of it.</param>
public sealed record RestoredItem(RestoredKind Kind, string Name, string Network, RestoreResult Result)
{
    /// <summary>Why it was not restored, or was released.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>The kinds of things that are restored.</summary>
public enum RestoredKind
{
    /// <summary>A sub-interface or dummy that this module made.</summary>
    Parent,

    /// <summary>A network.</summary>
    Network,

    /// <summary>A NIC.</summary>
    Nic,
}

/// <summary>What became of a thing that was to be restored.</summary>
public enum RestoreResult
{
    /// <summary>It was there.</summary>
    InPlace,

    /// <summary>It was made again.</summary>
    Restored,

    /// <summary>It has ended for good; its addresses are free.</summary>
    Released,

    /// <summary>
    /// Its namespace has not been made again since the reboot, or its container is stopped; it keeps its addresses until it
    /// is there again, or (except for a container that is known to be stopped) they are needed.
    /// </summary>
    Waiting,

    /// <summary>It could not be made again.</summary>
    Failed,

    /// <summary>It was not to be touched (-WhatIf, or the answer to -Confirm).</summary>
    Skipped,
}
