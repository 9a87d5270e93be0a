using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Recreates whatever is recorded but missing from the kernel, as after a reboot: sub-interfaces, dummy links, and the
/// NICs of existing namespaces. It leaves everything else unchanged, so it can run at any time.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="confirm">Asked before each change, with the target and the action.</param>
public sealed class NetworkRestoration(NetworkSession session, Func<string, string, bool> confirm)
{
    // How long a link of a namespace that has just ended can take to be cleared. After that, it is looked for.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    // A server that doesn't answer one NIC would keep each other NIC of the network waiting.
    private readonly HashSet<string> _unserved = [];
    private readonly ContainerNics _nics = new(session);
    private readonly ConnectSteps _connector = new(session);
    private readonly NicLinks _links = new(session);
    private readonly NicRemoval _removal = new(session);
    private readonly NicComparison _comparison = new(session);
    private readonly ParentLinks _parents = new(session);
    private readonly RenamedParents _renamed = new(session);

    /// <summary>Whether the caller compares segments itself.</summary>
    internal bool LeavesSegments { get; init; }

    /// <summary>Whether the caller asks DHCP servers itself for the addresses of NICs that are made anew.</summary>
    internal bool KeepsLeases { get; init; }

    /// <summary>
    /// Called with each NIC of a container, as it was, whose former link the caller looks for later, with
    /// <see cref="DeleteLeftover"/>. Null to look for it before the NIC is made anew.
    /// </summary>
    internal Action<ContainerNic>? Defer { get; init; }

    /// <summary>Restores networks.</summary>
    /// <param name="networks">
    /// The networks. If these are all networks, sub-interfaces that no network uses are restored too.
    /// </param>
    /// <param name="areAll">Whether these are all networks.</param>
    /// <param name="isWanted">Selects their NICs; null for all.</param>
    /// <returns>Each item, as soon as it has been processed.</returns>
    public IEnumerable<RestoredItem> Restore(IReadOnlyList<ContainerNetwork> networks, bool areAll, Func<ContainerNic, bool>? isWanted = null)
    {
        if (session.State.NeedsRecovery() && confirm("interrupted commands", "Undo their unfinished changes")) session.Recover();
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
                item = item with { Result = RestoreResult.Failed, Reason = MissingParent("Its", network) };
            }

            restored.Add(network.Id, item);
            yield return item;
        }

        foreach (RestoredItem item in ReconcileSegments(networks, areAll)) yield return item;
        // In the order of creation across networks, because the first NIC of a namespace has the default route.
        IReadOnlyList<ContainerNic> all = _nics.GetAllWithHost();
        HashSet<string> renewed = RenewHostAddresses(
            networks.Where(n => restored[n.Id].Result == RestoreResult.InPlace && all.Any(h => h.Record.IsHost && h.Network == n.Name && IsWanted(h))));
        if (renewed.Count > 0) all = _nics.GetAllWithHost();
        _comparison.Routes.Note(all);
        ContainerNic[] nics = [.. all.Where(n => restored.ContainsKey(n.NetworkRecord.Id) && IsWanted(n))];
        foreach (ContainerNic nic in nics)
        {
            session.Progress(new("Restoring NICs", nic, nics.Length));
            ContainerNetwork network = networks.First(n => n.Id == nic.NetworkRecord.Id);
            RestoreResult parent = restored[network.Id].Result;
            RestoredItem item = parent == RestoreResult.Skipped
                ? Of(nic, RestoreResult.Skipped)
                : RestoreNic(nic, network, hasParent: parent == RestoreResult.InPlace);
            bool isRenewed = nic.Record.IsHost && renewed.Contains(nic.Network) && item.Result == RestoreResult.InPlace;
            yield return isRenewed ? item with { Result = RestoreResult.Restored } : item;
        }

        bool IsWanted(ContainerNic nic) => isWanted?.Invoke(nic) ?? true;
    }

    /// <summary>
    /// Recreates the interface of one NIC in its namespace, or in the namespace that now has that name.
    /// </summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <param name="hasParent">Whether the network's parent exists.</param>
    /// <param name="replace">Whether to replace an existing interface.</param>
    internal RestoredItem RestoreNic(ContainerNic nic, ContainerNetwork network, bool hasParent, bool replace = false)
    {
        NicRecord record = nic.Record;
        if (!record.IsSettled)
        {
            return AtWork(nic);
        }

        try
        {
            if (Defer is not null && hasParent && !replace && record.LostLeases.Count == 0 && TryRestoreFirst(nic, network) is RestoredItem first) return first;
            using NamespaceHandle? alive = _links.OpenNamespace(record);
            using ContainerSighting? container = record.Container is null ? null : session.Containers.Look(record.Container, record.BelongsToName);
            // If others share the namespace, it outlives a restart of the container it was made for.
            bool hasMoved = alive is not null && container?.Namespace is NamespaceHandle now && now.Identity != alive.Identity;
            if (alive is not null && !hasMoved && !replace && record.LostLeases.Count == 0
                && session.Namespaces.Run(alive, () => _comparison.FindMissingRoutes(alive, nic)) is { } missing) return Keep(alive, nic, missing);
            if (!hasParent) return Detach(nic, RestoreResult.Failed, MissingParent("The", network));
            using NamespaceHandle? successor = alive is null ? NicLinks.OpenSuccessor(record) : null;
            if ((container?.Namespace ?? alive ?? successor) is NamespaceHandle target)
            {
                if (_unserved.Contains(network.Id)) return Detach(nic, RestoreResult.Failed, "No DHCP server answered another NIC of the network.");
                if (!confirm(nic.ToString(), RestoreAction(nic))) return Of(nic, RestoreResult.Skipped);
                Action? clear = record.InterfaceIndex == 0 || record.NamespaceBirth.BootId != HostBoot.Id ? null : () =>
                {
                    // A NIC that can't be made anew is left as it is.
                    _links.CheckIsFree(target, record, network.Record);
                    _removal.Delete(alive, record.KeepingLease(), network.Record);
                };
                return _connector.Reattach(nic, network, target, container?.Container, asksLater: KeepsLeases, clear: clear) is ContainerNic made
                    ? Of(made, RestoreResult.Restored, DescribeLoss(record, made))
                    : AtWork(nic);
            }

            if (container is { State: not ContainerState.Gone })
            {
                return Detach(nic, RestoreResult.Waiting, container.State switch
                {
                    ContainerState.Stopped => "Its container is stopped.",
                    ContainerState.Awaited => "There is no container of its name.",
                    _ => "No runtime can tell whether its container still exists.",
                });
            }

            // A namespace that ended since the boot won't return; after a reboot, it may not have been started yet.
            if (DeadNics.CanReturn(record)) return Detach(nic, RestoreResult.Waiting, "Its namespace doesn't exist.");
            string reason = container is null ? "Its namespace has ended." : "Its container has been removed.";
            string release = $"Release the NIC of network {nic.Network}, with {DescribeAddresses(nic)}: {reason}";
            if (!confirm(nic.ToString(), release)) return Of(nic, RestoreResult.Skipped);
            _removal.ReleaseDead(record, network.Record);
            return Of(nic, RestoreResult.Released, reason);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            if (e is NetworkException { Error: NetworkError.DhcpTimeout }) _unserved.Add(network.Id);
            return IsChanging(record) ? AtWork(nic) : Of(nic, RestoreResult.Failed, e.Message);
        }
    }

    // Another command can have made, moved or disconnected it since it was read, which is no failure.
    private bool IsChanging(NicRecord nic) => session.State.GetNics(nic.NetworkId).FirstOrDefault(n => n.Id == nic.Id) is not NicRecord now
        || !now.IsSettled
        || (now.State == NicRecordState.Attached && (now.InterfaceIndex, now.NamespaceBirth) != (nic.InterfaceIndex, nic.NamespaceBirth));

    /// <summary>Deletes what is left of the former link of a NIC that was made anew, wherever its container has moved it.</summary>
    /// <param name="former">The NIC as it was.</param>
    internal void DeleteLeftover(ContainerNic former)
    {
        try
        {
            using NamespaceHandle? alive = _links.OpenNamespace(former.Record);
            _removal.Delete(alive, former.Record.KeepingLease(), former.NetworkRecord);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            session.Warn($"The former link of {former} can't be looked for: {e.Message}");
        }
    }

    // A program that has just started can't wait until all namespaces have been searched for its NIC's former link. As a rule, that
    // has ended with its namespace. If not, the kernel refuses a second link with its addresses, unless its container has changed
    // them. Null if that doesn't settle it.
    private RestoredItem? TryRestoreFirst(ContainerNic nic, ContainerNetwork network)
    {
        NicRecord record = nic.Record;
        if (record.Container is null) return null;
        using ContainerSighting container = session.Containers.Look(record.Container, record.BelongsToName);
        if (container.Namespace is not NamespaceHandle target || IsIn(record, target)) return null;
        try
        {
            if (!confirm(nic.ToString(), RestoreAction(nic))) return Of(nic, RestoreResult.Skipped);
            if (record.InterfaceIndex != 0) _links.CheckIsFree(target, record, network.Record);
            if (_connector.Reattach(nic, network, target, container.Container, asksLater: KeepsLeases, s_patience) is not ContainerNic made) return AtWork(nic);
            if (record.InterfaceIndex != 0) Defer!(nic);
            return Of(made, RestoreResult.Restored);
        }
        catch (Exception e) when (e is NetworkException or NetlinkException)
        {
            // Where its link was is needed to find it.
            session.State.UpdateNic(record, from: NicRecordState.Detached);
            return null;
        }
    }

    private bool IsIn(NicRecord nic, NamespaceHandle target) =>
        target.Identity == nic.Namespace && nic.NamespaceBirth.BootId == HostBoot.Id
        && (nic.NamespaceBirth.Cookie == 0 || session.Namespaces.Run(target, NamespaceCookie.Read) == nic.NamespaceBirth.Cookie);

    private static string RestoreAction(ContainerNic nic) => $"Restore the NIC on network {nic.Network}, with {DescribeAddresses(nic)}";

    // Before any NIC uses an address that was reclaimed while this host was away.
    private IEnumerable<RestoredItem> ReconcileSegments(IReadOnlyList<ContainerNetwork> networks, bool areAll)
    {
        if (LeavesSegments) yield break;
        foreach (NetworkDifference settled in new SegmentComparison(session, new Repairs(session, confirm)).Compare(networks, areAll))
        {
            RestoreResult result = !settled.IsRepaired ? RestoreResult.Skipped
                : settled.Kind == DifferenceKind.LeaseWithoutNic ? RestoreResult.Released : RestoreResult.Restored;
            yield return new(settled.Kind == DifferenceKind.SegmentChanged ? RestoredKind.Network : RestoredKind.Nic, settled.Name, settled.Network, result)
            {
                Reason = settled.Kind switch
                {
                    DifferenceKind.AddressReclaimed => $"{settled.Expected}: {settled.Actual}.",
                    DifferenceKind.LeaseWithoutNic => $"{settled.Name}: {settled.Actual}.",
                    _ => $"Expected: {settled.Expected}. Actual: {settled.Actual}.",
                },
            };
        }
    }

    // The routes of containers to the host's addresses. A new access of the host gets those that the host has then.
    private HashSet<string> RenewHostAddresses(IEnumerable<ContainerNetwork> networks) =>
        [.. new HostComparison(session, new Repairs(session, confirm)).Compare(networks).Where(static d => d.IsRepaired).Select(static d => d.Network)];

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
                if (_parents.IsInPlace(record) && _parents.HasMtu(record)) items.Add(item);
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

    private RestoredItem Keep(NamespaceHandle target, ContainerNic nic, IReadOnlyList<NicFinding> missing)
    {
        // Another NIC may have had a route, and gone without leaving it to this one.
        if (missing.Count > 0 && confirm(nic.ToString(), $"Add {Phrase.Count(missing.Count, "missing route")}"))
        {
            session.Namespaces.Run(target, () =>
            {
                using RouteSocket inside = RouteSocket.Open(target, session.Trace);
                foreach (NicFinding route in missing) route.Fix!(inside);
                return 0;
            });
            return Of(nic, RestoreResult.Restored);
        }

        // The parent was missing, had another name, or was in another namespace.
        if (nic.Record.State == NicRecordState.Detached && confirm(nic.ToString(), $"Record that the NIC of network {nic.Network} is attached"))
        {
            session.State.UpdateNic(nic.Record with { State = NicRecordState.Attached }, from: NicRecordState.Detached);
        }

        return Of(nic, RestoreResult.InPlace);
    }

    private RestoredItem Detach(ContainerNic nic, RestoreResult result, string reason)
    {
        if (nic.Record.State == NicRecordState.Attached && confirm(nic.ToString(), $"Record that the NIC of network {nic.Network} is detached"))
        {
            session.State.UpdateNic(nic.Record with { State = NicRecordState.Detached }, from: NicRecordState.Attached);
        }

        return Of(nic, result, reason);
    }

    private string MissingParent(string which, ContainerNetwork network) => _renamed.Find(network.Parent) is Link renamed
        ? $"{which} parent {network.Parent} has the name {renamed.Name} now: Repair-ContainerNetwork {network.Name} records it."
        : $"{which} parent {network.Parent} is missing.";

    private static string DescribeAddresses(ContainerNic nic) => Phrase.Count(nic.IPAddress.Count, "address", "addresses");

    private static string DescribeLoss(NicRecord before, ContainerNic made) => before.LostLeases.Count == 0 ? ""
        : $"Its segment has given {string.Join(", ", before.LostLeases.Select(static l => l.Address))} to another host. It has {string.Join(", ", made.IPAddress)} now.";

    private static RestoredItem AtWork(ContainerNic nic) => Of(nic, RestoreResult.InPlace, "Another command is working on it.");

    private static RestoredItem Of(ContainerNic nic, RestoreResult result, string reason = "") =>
        new(RestoredKind.Nic, nic.ToString(), nic.Network, result) { Reason = reason };
}

/// <summary>The result of restoring one item.</summary>
/// <param name="Kind">The kind of item.</param>
/// <param name="Name">Its name; for a NIC, the namespace and interface.</param>
/// <param name="Network">The network or networks that it belongs to.</param>
/// <param name="Result">The result.</param>
public sealed record RestoredItem(RestoredKind Kind, string Name, string Network, RestoreResult Result)
{
    /// <summary>The reason why it wasn't restored, or was released.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>The kinds of items that can be restored.</summary>
public enum RestoredKind : long
{
    /// <summary>A sub-interface or dummy link that this module created.</summary>
    Parent,

    /// <summary>A network.</summary>
    Network,

    /// <summary>A NIC.</summary>
    Nic,

    /// <summary>The DHCP lease of a NIC.</summary>
    Lease,
}

/// <summary>The results of restoring an item.</summary>
public enum RestoreResult : long
{
    /// <summary>The item already existed.</summary>
    InPlace,

    /// <summary>The item was recreated.</summary>
    Restored,

    /// <summary>The NIC was connected, because labels of its container ask for it.</summary>
    Connected,

    /// <summary>The NIC's namespace ended for good, and its addresses are free.</summary>
    Released,

    /// <summary>
    /// The NIC's namespace doesn't exist since the reboot, or its container is stopped. The NIC keeps its addresses
    /// until the namespace returns or the addresses are needed. A container that is known to be stopped always keeps
    /// them.
    /// </summary>
    Waiting,

    /// <summary>The item couldn't be recreated.</summary>
    Failed,

    /// <summary>A DHCP server gave the NIC an address.</summary>
    Obtained,

    /// <summary>The lease was renewed, and only its times have changed.</summary>
    Renewed,

    /// <summary>The lease was renewed, and has another address, route, server or other setting.</summary>
    Changed,

    /// <summary>The server refused the address, or another station has it; or the segment has given it to another host.</summary>
    Lost,

    /// <summary>The lease ended without an answer of a server.</summary>
    Expired,

    /// <summary>The item was left unchanged (-WhatIf, or the answer to -Confirm).</summary>
    Skipped,
}
