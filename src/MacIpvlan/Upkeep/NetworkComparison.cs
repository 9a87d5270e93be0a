using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Reports differences between the recorded state and the kernel, and repairs them on request. What others added is left
/// as it is, unless its removal is requested.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="repair">Asked before each repair, with the target and the action; null to repair nothing.</param>
public sealed class NetworkComparison(NetworkSession session, Func<string, string, bool>? repair)
{
    private readonly ContainerNics _nics = new(session);
    private readonly NicLinks _links = new(session);
    private readonly ParentLinks _parents = new(session);
    private readonly SiblingLinks _siblings = new(session);
    private readonly Repairs _repairs = new(session, repair);
    private readonly HostAddresses _hostAddresses = new(session);
    private readonly NicComparison _comparison = new(session);
    private readonly NetworkRestoration _restoration = new(session, repair ?? (static (_, _) => false));

    /// <summary>Whether a repair also removes addresses in the networks' subnets that others added to NICs.</summary>
    public bool RemovesForeignAddresses { get; init; }

    /// <summary>Compares networks.</summary>
    /// <param name="networks">
    /// The networks. If these are all networks, sub-interfaces that no network uses are compared too.
    /// </param>
    /// <param name="areAll">Whether these are all networks.</param>
    /// <returns>Each difference, as soon as it is found.</returns>
    public IEnumerable<NetworkDifference> Compare(IReadOnlyList<ContainerNetwork> networks, bool areAll)
    {
        foreach (NetworkDifference difference in CompareInterrupted(networks)) yield return difference;
        foreach (NetworkDifference difference in new ParentComparison(session, _repairs).Compare(networks, areAll)) yield return difference;
        if (_repairs.AreWanted) networks = WithRecordedParents(networks);
        foreach (ContainerNetwork network in networks)
        {
            if (_parents.FindUsable(network.Parent) is not Link parent) continue;
            foreach (NetworkDifference difference in FindForgotten(network, parent)) yield return difference;
        }

        foreach (NetworkDifference difference in new SegmentComparison(session, _repairs).Compare(networks, areAll)) yield return difference;
        foreach (NetworkDifference difference in new HostComparison(session, _repairs).Compare(networks)) yield return difference;
        // Read after the host's addresses, which the routes of NICs depend on, have been repaired.
        ContainerNic[] nics = [.. _nics.GetAllWithHost().Where(static n => n.Record.IsSettled)];
        _comparison.Routes.Note(nics);
        foreach (ContainerNic nic in nics)
        {
            session.Progress(new("Comparing NICs", nic, nics.Length));
            if (networks.FirstOrDefault(n => n.Id == nic.NetworkRecord.Id) is not ContainerNetwork network) continue;
            Link? parent = _parents.FindUsable(network.Parent);
            foreach (NetworkDifference difference in FindOnHost(nic)) yield return difference;
            foreach (NetworkDifference difference in TryCompareNic(nic, network, parent)) yield return difference;
        }
    }

    // The repair can have recorded other names of parents.
    private IReadOnlyList<ContainerNetwork> WithRecordedParents(IReadOnlyList<ContainerNetwork> networks)
    {
        Dictionary<string, NetworkRecord> now = session.State.GetNetworks().ToDictionary(static n => n.Id);
        return [.. networks.Select(n => now.TryGetValue(n.Id, out NetworkRecord? record) && record.Parent != n.Parent
            ? _parents.Describe(record)
            : n)];
    }

    private IEnumerable<NetworkDifference> CompareInterrupted(IReadOnlyList<ContainerNetwork> networks)
    {
        if (!session.State.NeedsRecovery()) yield break;
        foreach (NicRecord nic in session.State.GetAbandonedNics())
        {
            if (networks.FirstOrDefault(n => n.Id == nic.NetworkId) is not ContainerNetwork network) continue;
            string name = new ContainerNic(nic, network.Record).ToString();
            bool isRepaired = _repairs.Wants(name, "Undo the unfinished changes of an interrupted command");
            if (isRepaired)
            {
                session.Recover();
                isRepaired = session.State.GetNics(nic.NetworkId).All(n => n.Id != nic.Id || n.IsSettled);
            }

            yield return new(DifferenceKind.Interrupted, name, network.Name)
            {
                Expected = nameof(NicRecordState.Attached),
                Actual = nic.State.ToString(),
                IsRepaired = isRepaired,
            };
        }
    }

    // The host can have got an address of a NIC after the NIC was connected.
    private IEnumerable<NetworkDifference> FindOnHost(ContainerNic nic)
    {
        foreach (AddressValue address in nic.Addresses.Select(static a => a.Value))
        {
            if (_hostAddresses.FindLink(address) is not Link link) continue;
            yield return new(DifferenceKind.AddressOnHost, nic.ToString(), nic.Network)
            {
                Expected = $"{address} only on the NIC",
                Actual = $"{address} on {link.Name} too",
                RecommendedAction = $"Remove {address} from {link.Name} with ip address delete, "
                    + (nic.Record.IsHost ? "or disable the host's access and enable it with another address." : "or connect the NIC again with another address."),
            };
        }
    }

    // What one container does in its namespace doesn't keep the others from being compared.
    private NetworkDifference[] TryCompareNic(ContainerNic nic, ContainerNetwork network, Link? parent)
    {
        try
        {
            return CompareNic(nic, network, parent);
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            session.Warn($"{nic} can't be compared: {e.Message}");
            return [];
        }
    }

    private NetworkDifference[] CompareNic(ContainerNic nic, ContainerNetwork network, Link? parent)
    {
        IReadOnlyList<NicFinding> findings;
        using NamespaceHandle? target = _links.OpenNamespace(nic.Record);
        if (target is null)
        {
            // The container gets its NIC back when it starts, and keeps its addresses until then.
            ContainerState? state = nic.Record.Container is not null ? _nics.StateOf(nic.Record) : null;
            if (state is ContainerState.Stopped or ContainerState.Awaited) return [];
            string remedy = state != ContainerState.Running ? ""
                : $": the container was restarted, and Restore-ContainerNetwork {nic.Network} gives it the NIC again";
            findings = [new NicFinding(new(DifferenceKind.LeaseWithoutNic, nic.ToString(), nic.Network)
            {
                Expected = nic.IPAddress.Count == 0 ? "a NIC without addresses" : nic.IPAddress.ToString(),
                Actual = "its namespace is gone" + remedy,
            })];
        }
        else if (_links.FindSuccessor(nic.Record, target) is NamespaceIdentity now)
        {
            findings = [new NicFinding(new(DifferenceKind.NamespaceChanged, nic.ToString(), nic.Network)
            {
                Expected = now.ToString(), Actual = target.Identity.ToString(),
            })];
        }
        else
        {
            findings = session.Namespaces.Run(target, () => _comparison.Compare(target, nic, parent));
        }

        if (_repairs.AreWanted) findings = [.. findings.Where(IsRepairable)];
        // A difference that can't be fixed on the link needs a new link, which settles all other differences too.
        if (findings.Any(static f => f.Fix is null))
        {
            // After a restart, the container sets up its NIC anew.
            NamespaceHandle? stays = findings.Any(static f => f.Difference.Kind == DifferenceKind.NamespaceChanged) ? null : target;
            bool isRepaired = _repairs.AreWanted && Remake(nic, network, stays, hasParent: parent is not null);
            return [.. findings.Select(f => f.Difference with { IsRepaired = isRepaired })];
        }

        NetworkDifference[] told = Repaired(target!, findings);
        if (told.Length == 0 || !told.All(static d => d.IsRepaired)) return told;
        // One repair can undo another: removing an address also removes routes, and addresses of its subnet that were
        // added after it.
        NicFinding[] rest = [.. session.Namespaces.Run(target!, () => _comparison.Compare(target!, nic, parent)).Where(IsRepairable)];
        bool isWell = Repaired(target!, rest).All(static d => d.IsRepaired);
        return [.. told.Select(d => d with { IsRepaired = isWell })];
    }

    private NetworkDifference[] Repaired(NamespaceHandle target, IReadOnlyList<NicFinding> findings) =>
        [.. findings.Select(f => _repairs.Repair(f.Difference, () => session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.Open(target, session.Trace);
            f.Fix!(inside);
            return 0;
        })))];

    private bool IsRepairable(NicFinding finding) => !finding.Difference.IsForeign
        || (RemovesForeignAddresses && finding.Difference.Kind == DifferenceKind.AddressWithoutLease);

    private bool Remake(ContainerNic nic, ContainerNetwork network, NamespaceHandle? target, bool hasParent)
    {
        ForeignSettings foreign = target is null ? ForeignSettings.None : session.Namespaces.Run(target, () => _comparison.ReadForeign(target, nic));
        RestoredItem item = _restoration.RestoreNic(nic, network, hasParent, replace: true);
        if (item.Result == RestoreResult.Restored && foreign is not { Addresses: [], Routes: [] }) foreign.GiveBack(session, target!, nic);
        if (item.Result == RestoreResult.Failed) session.Warn($"{nic} isn't repaired: {item.Reason}");
        return item.Result is RestoreResult.Restored or RestoreResult.Released;
    }

    // Links that have the network's mark but aren't recorded, or aren't where the record says.
    private IEnumerable<NetworkDifference> FindForgotten(ContainerNetwork network, Link parent)
    {
        SiblingLink[] marked = [.. _siblings.Find(parent).Where(s => LinkMark.NicId(s.Link, network.Record) is not null)];
        // Read after the links, so NICs that were created meanwhile are already recorded.
        Dictionary<string, NicRecord> known = session.State.GetNics(network.Id).ToDictionary(static n => n.Id);
        foreach (SiblingLink sibling in marked)
        {
            bool isKnown = known.TryGetValue(LinkMark.NicId(sibling.Link, network.Record)!, out NicRecord? nic)
                && (!nic.IsSettled
                    || (nic.Namespace == sibling.Namespace && nic.InterfaceIndex == sibling.Link.Index));
            if (isKnown) continue;
            using NamespaceHandle? target = session.Finder.Find(
                sibling.NamespaceName, sibling.NamespacePath, sibling.Namespace, new(HostBoot.Id, 0));
            // A link that was removed meanwhile is no difference.
            if (target is null || !session.Namespaces.Run(target, () => IsStill(target, sibling.Link))) continue;
            yield return _repairs.Repair(
                new(DifferenceKind.NicWithoutLease, sibling.ToString(), network.Name) { Expected = "none", Actual = sibling.Link.Alias },
                () =>
                {
                    // A NIC that was moved is deleted only if it can be made anew where it belongs.
                    using NamespaceHandle? home = nic is null ? null : _links.OpenNamespace(nic);
                    if (home is not null) _links.CheckIsFree(home, nic!, network.Record);
                    session.Namespaces.Run(target, () =>
                    {
                        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
                        inside.Execute(new LinkDelete(sibling.Link.Index, sibling.Link.Name));
                        return 0;
                    });
                });
        }
    }

    private bool IsStill(NamespaceHandle target, Link link)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
        return inside.FindLink(link.Index)?.Alias == link.Alias;
    }
}
