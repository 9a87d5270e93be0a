using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Brings the links of NICs to what a change has recorded. New addresses and routes come before the old ones go, and routes replace
/// each other, so that no packet is lost.
/// </summary>
internal sealed class NicCompletion(NetworkSession session)
{
    private readonly NicLinks _links = new(session);
    private readonly NicComparison _comparison = new(session);
    private readonly HostRoutes _hostRoutes = new(session);
    private readonly ParentLinks _parents = new(session);
    private readonly Dictionary<string, ForeignSettings> _removed = [];
    private readonly HashSet<string> _told = [];
    private Dictionary<string, ContainerNic>? _former;

    /// <summary>Whether to remove links that the kernel can't change, which are on another parent or have another mode.</summary>
    public bool RemovesUnfit { get; init; }

    /// <summary>The NICs whose links it removed, by id, with what others had added.</summary>
    public IReadOnlyDictionary<string, ForeignSettings> Removed => _removed;

    /// <summary>All routes that the NICs of some namespaces have on record, by namespace.</summary>
    /// <param name="nics">NICs of those namespaces.</param>
    public IReadOnlyDictionary<NamespaceKey, IReadOnlyList<ObsoleteRoute>> ReadRoutes(IReadOnlyList<ContainerNic> nics)
    {
        _comparison.Routes.Note(FindAround(nics));
        return nics.Select(static n => n.Record.NamespaceKey).Distinct().ToDictionary(static k => k, _comparison.Routes.All);
    }

    /// <summary>Brings the links of NICs to their records. A NIC whose namespace or link isn't there is left to a restore.</summary>
    /// <param name="changing">NICs that this command has claimed as <see cref="NicRecordState.Changing"/>.</param>
    /// <param name="former">
    /// The same NICs before the change: a difference that they had already, which their containers can cause, is left with a warning if
    /// it can't be repaired. Null to leave everything so that can't be done, because the change is undone or its command is dead.
    /// </param>
    /// <exception cref="NetlinkException">The kernel refused a step; other steps may have been taken.</exception>
    /// <exception cref="NetworkException">InterfaceExists: another link has the name of a NIC; or as a lookup of namespaces.</exception>
    public void Complete(IReadOnlyList<ContainerNic> changing, IReadOnlyList<ContainerNic>? former)
    {
        _former = former?.ToDictionary(static n => n.Id);
        IReadOnlyList<ContainerNic> around = FindAround(changing);
        _comparison.Routes.Note(around);
        Dictionary<string, Link?> parents = RemovesUnfit ? changing.Select(static n => n.Parent).Distinct().ToDictionary(static p => p, _parents.FindUsable) : [];
        Announcer.Prepare();
        _hostRoutes.Add(changing.Select(static n => n.Record));
        foreach (IGrouping<NamespaceKey, ContainerNic> place in changing.GroupBy(static n => n.Record.NamespaceKey))
        {
            using NamespaceHandle? target = _links.OpenNamespace(place.First().Record);
            if (target is null) continue;
            ContainerNic[] others = [.. around.Where(n => n.Record.NamespaceKey == place.Key && !n.Record.IsHost && !place.Any(p => p.Id == n.Id))];
            try
            {
                session.Namespaces.Run(target, () => CompleteIn(target, [.. place], others, parents));
            }
            catch (Exception e) when (former is null && e is NetworkException or NetlinkException)
            {
                // The NICs of other namespaces don't depend on it.
                session.Warn($"NICs of {place.First().Namespace} may differ from their records: {e.Message}");
            }
        }

        foreach (NicRecord nic in changing.Select(static n => n.Record))
        {
            _hostRoutes.Remove(nic with { Leases = [.. nic.Obsolete.Leases.Where(o => nic.Leases.All(l => l.Address.Value != o.Address.Value))] });
        }
    }

    // With the other NICs of their namespaces, and the host's access to their networks, which routes depend on.
    private List<ContainerNic> FindAround(IReadOnlyList<ContainerNic> nics)
    {
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        List<ContainerNic> around = [.. nics];
        IEnumerable<NicRecord> neighbors = nics.Select(static n => n.Record).Where(static n => !n.IsHost).DistinctBy(static n => n.NamespaceKey)
            .SelectMany(n => session.State.GetNics(n.Namespace).Where(o => o.IsMade && o.NamespaceKey == n.NamespaceKey));
        Add(neighbors);
        Add(around.Select(static n => n.NetworkRecord.Id).Distinct().ToArray().Select(session.State.GetHostNic).OfType<NicRecord>());
        return around;

        void Add(IEnumerable<NicRecord> more) => around.AddRange(more.ToArray()
            .Where(m => networks.ContainsKey(m.NetworkId) && around.TrueForAll(a => a.Id != m.Id)).Select(m => new ContainerNic(m, networks[m.NetworkId])));
    }

    private int CompleteIn(NamespaceHandle target, ContainerNic[] nics, ContainerNic[] others, Dictionary<string, Link?> parents)
    {
        using RouteSocket inside = RouteSocket.Open(target, session.Trace);
        if (RemovesUnfit) foreach (ContainerNic nic in nics) RemoveUnfit(inside, target, nic, parents[nic.Parent]);
        bool isDisturbed = false;
        foreach (ContainerNic nic in nics) isDisturbed |= Adjust(inside, target, nic);
        // What one NIC gives up, another one can have.
        AddRoutes(inside, others);
        inside.Execute([.. _comparison.Routes.FindObsolete(inside, nics[0].Record.NamespaceKey)]);
        foreach (ContainerNic nic in nics) isDisturbed |= RemoveAddresses(inside, nic);
        if (isDisturbed)
        {
            // With an address, or while a link is down, the kernel takes away routes and other addresses.
            foreach (ContainerNic nic in nics) Adjust(inside, target, nic);
            AddRoutes(inside, others);
        }

        foreach (ContainerNic nic in nics.Where(static n => n.Record.IsDisabled)) Fix(inside, target, nic, [.. Compare(inside, target, nic)]);
        return 0;
    }

    private void RemoveUnfit(RouteSocket inside, NamespaceHandle target, ContainerNic nic, Link? parent)
    {
        bool isUnfit = _comparison.Compare(inside, target, nic, parent)
            .Any(static f => f is { Fix: null, Difference.Kind: DifferenceKind.ParentChanged or DifferenceKind.ModeChanged });
        if (!isUnfit || (_links.Find(inside, nic.Record, nic.NetworkRecord) ?? _links.FindOrphan(inside, nic.Record, nic.NetworkRecord)) is not Link link) return;
        _removed.Add(nic.Id, _comparison.ReadForeign(inside, link, nic));
        inside.Execute([new LinkDelete(link.Index, link.Name), .. NicBandwidth.DeleteIfb(inside, nic.Record)]);
    }

    // Returns whether it may have taken something away.
    private bool Adjust(RouteSocket inside, NamespaceHandle target, ContainerNic nic)
    {
        SetMark(inside, nic);
        NicFinding[] findings = [.. Compare(inside, target, nic).Where(static f => f.Difference.Kind != DifferenceKind.LinkUp)];
        Fix(inside, target, nic, findings);
        if (nic.Record.Obsolete.Sysctls.Count > 0 && _links.Find(inside, nic.Record, nic.NetworkRecord) is Link link)
        {
            NicSysctls.Reset(session, inside, link, nic.Record.Obsolete.Sysctls);
        }

        if (findings.Any(static f => f.Difference.Kind is DifferenceKind.AddressMissing or DifferenceKind.MacAddressChanged)) Announce(inside, nic);
        return findings.Any(static f => f.Difference.Kind is DifferenceKind.NameChanged or DifferenceKind.LinkDown);
    }

    // A NIC that was moved to another network still has the mark of its former one. Its container may have set another alias.
    private void SetMark(RouteSocket inside, ContainerNic nic)
    {
        string mark = LinkMark.Alias(nic.NetworkRecord, nic.Record);
        if (_links.Find(inside, nic.Record, nic.NetworkRecord) is Link link && link.Alias != mark && LinkMark.IsOf(link, nic.Record))
        {
            inside.Execute(new LinkSet(link.Index, link.Name) { Alias = mark });
        }
    }

    private IEnumerable<NicFinding> Compare(RouteSocket inside, NamespaceHandle target, ContainerNic nic) =>
        _comparison.Compare(inside, target, nic, parent: null).Where(static f => f is { Fix: not null, Difference.IsForeign: false }
            // To ask a server takes as long as that takes.
            && f.Difference.Kind is not (DifferenceKind.LeaseMissing or DifferenceKind.LeaseNotRenewed));

    private void Fix(RouteSocket inside, NamespaceHandle target, ContainerNic nic, NicFinding[] findings)
    {
        foreach (NicFinding finding in findings)
        {
            try
            {
                finding.Fix!(inside);
            }
            catch (Exception e) when (e is NetworkException or NetlinkException)
            {
                if (!WasSo(inside, target, nic, finding.Difference)) throw;
                NetworkDifference left = finding.Difference;
                if (!_told.Add($"{nic.Id} {left.Kind}")) continue;
                session.Warn($"{nic} differs from its record, and that can't be repaired now ({left.Kind}: {left.Actual} instead of {left.Expected}). {e.Message}");
            }
        }
    }

    // Whether a difference isn't of this change: the NIC as it was before has it too.
    private bool WasSo(RouteSocket inside, NamespaceHandle target, ContainerNic nic, NetworkDifference difference) => _former is null
        || (_former.TryGetValue(nic.Id, out ContainerNic? former)
            && Compare(inside, target, former).Any(f => f.Difference.Kind == difference.Kind && f.Difference.Expected == difference.Expected));

    private void AddRoutes(RouteSocket inside, ContainerNic[] others)
    {
        foreach (NicFinding missing in others.SelectMany(other => _comparison.FindMissingRoutes(inside, other) ?? [])) missing.Fix!(inside);
    }

    private bool RemoveAddresses(RouteSocket inside, ContainerNic nic)
    {
        if (nic.Record.Obsolete.Leases.Count == 0 || _links.Find(inside, nic.Record, nic.NetworkRecord) is not Link link) return false;
        InterfaceAddress[] actual = [.. inside.GetAddresses(link).Select(static a => a.Address)];
        InterfaceAddress[] gone = [.. nic.Record.Obsolete.Leases.Select(static l => l.Address).Where(a => actual.Contains(a) && !nic.Addresses.Contains(a))];
        if (gone.Length == 0) return false;
        List<RouteRequest> requests = [.. gone.Select(a => new AddressDelete(link, a))];
        // With the first address of a subnet, the kernel removes the others, unless they are promoted. The setting is the container's,
        // so it has another value only within one datagram.
        bool isShared = gone.Any(g => g.Value.Family == AddressFamily.InterNetwork && actual.Any(a => a.Subnet == g.Subnet && !gone.Contains(a)));
        if (isShared && Sysctl.Read("ipv4", link.Name, IPv4Setting.PromoteSecondaries.Key()) == "0")
        {
            requests.Insert(0, new IPv4SettingSet(link.Index, link.Name, IPv4Setting.PromoteSecondaries, 1));
            requests.Add(new IPv4SettingSet(link.Index, link.Name, IPv4Setting.PromoteSecondaries, 0));
        }

        inside.Execute([.. requests]);
        return true;
    }

    // Neighbors know other addresses, or another MAC address, until they hear of it.
    private void Announce(RouteSocket inside, ContainerNic nic)
    {
        AddressValue[] addresses = [.. nic.Addresses.Select(static a => a.Value)];
        if (addresses.Length == 0 || NicRoutes.IsRouted(nic.NetworkRecord)) return;
        if (_links.Find(inside, nic.Record, nic.NetworkRecord) is { IsUp: true } link && PacketSocket.TryOpen() is PacketSocket announcing)
        {
            Announcer.Start(announcing, link.Index, link.MacAddress, addresses, 1);
        }
    }
}
