using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Changes NICs, in one transaction over their records and the kernel: the new settings are recorded, then their links get
/// them. If something is refused, the NICs become what they were. If this process is killed, <see cref="Recovery"/> completes the
/// change that is on record.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="removesUnfit">As <see cref="NicCompletion.RemovesUnfit"/>. Such NICs are detached then.</param>
internal sealed class NicChange(NetworkSession session, bool removesUnfit = false)
{
    private readonly NicCompletion _completion = new(session) { RemovesUnfit = removesUnfit };
    private readonly HashSet<string> _detached = [];

    /// <summary>
    /// Writes changes to the state, in one transaction: first the new settings and, if they are refused, the former ones. By
    /// default <see cref="IStateStore.ChangeNics"/>; another one can write their network too.
    /// </summary>
    public Func<IReadOnlyList<NicDemand>, IReadOnlyList<NicRecord>> Write { get; init; } = session.State.ChangeNics;

    /// <summary>Called with the NICs once their change is recorded, before a link is changed; throws to refuse.</summary>
    public Action<IReadOnlyList<ContainerNic>> Prepare { get; init; } = static _ => { };

    /// <summary>Those of the addresses that the NICs had which other stations on the wire were found to have.</summary>
    public IReadOnlyList<ForeignAddress> Foreign { get; init; } = [];

    /// <summary>As <see cref="NicCompletion.Removed"/>.</summary>
    public IReadOnlyDictionary<string, ForeignSettings> Removed => _completion.Removed;

    /// <summary>Claims NICs, so that no other command changes them.</summary>
    /// <returns>The NICs and their networks as they are on record now, in the same order.</returns>
    /// <exception cref="NetworkException">NicNotFound: one has been disconnected, or another command has claimed it.</exception>
    public IReadOnlyList<ContainerNic> Claim(IReadOnlyList<ContainerNic> nics)
    {
        session.Recover();
        _detached.UnionWith(nics.Where(static n => n.Record.State == NicRecordState.Detached).Select(static n => n.Id));
        Dictionary<string, NicRecord> taken = session.State.TakeNics([.. nics.Select(static n => n.Id)]).ToDictionary(static n => n.Id);
        // Read after the NICs, whose networks can't be removed or changed any longer.
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        if (nics.FirstOrDefault(n => !taken.ContainsKey(n.Id)) is not ContainerNic missing)
        {
            return [.. nics.Select(n => new ContainerNic(taken[n.Id], networks[taken[n.Id].NetworkId]))];
        }

        GiveUp(taken.Values);
        throw InOtherHands(missing);
    }

    /// <summary>Leaves NICs that were claimed as they are.</summary>
    public void GiveUp(IReadOnlyList<ContainerNic> claimed) => GiveUp(claimed.Select(static n => n.Record));

    /// <summary>Changes NICs that were claimed.</summary>
    /// <param name="claimed">The NICs as they were claimed.</param>
    /// <param name="changes">For each, in the same order, its new settings.</param>
    /// <returns>The NICs as they are now.</returns>
    /// <exception cref="NetworkException">
    /// As <see cref="IStateStore.ChangeNics"/> and <see cref="NicCompletion.Complete"/>. Either way, the NICs are what they were.
    /// </exception>
    /// <exception cref="NetlinkException">The kernel refused a step; the NICs are what they were.</exception>
    public IReadOnlyList<ContainerNic> Apply(IReadOnlyList<ContainerNic> claimed, IReadOnlyList<NicDemand> changes)
    {
        // Segments grant addresses before they are recorded here. If this process dies until then, a reconciliation gives them back.
        List<NicDemand> granted = [];
        ContainerNic[] changing;
        try
        {
            foreach (NicDemand change in changes) granted.Add(Grant(claimed[granted.Count].Record, change));
            changing = Record(claimed, granted);
        }
        catch
        {
            GiveUp(claimed);
            for (int i = 0; i < granted.Count; i++) GiveBack(changes[i], granted[i]);
            throw;
        }

        try
        {
            Prepare(changing);
            _completion.Complete(changing, claimed);
            return Finish(changing, Foreign);
        }
        catch (Exception e)
        {
            session.RollBack(() =>
            {
                // Without those whose namespaces have ended meanwhile.
                HashSet<string> present = [.. session.State.GetNics().Where(static n => n.State == NicRecordState.Changing).Select(static n => n.Id)];
                int[] left = [.. Enumerable.Range(0, changing.Length).Where(i => present.Contains(changing[i].Id))];
                IReadOnlyList<ContainerNic> former = Record(
                    [.. left.Select(i => changing[i])],
                    [.. left.Select(i => new NicDemand(claimed[i].Record, claimed[i].NetworkRecord, []) { ReplacesLease = changes[i].ReplacesLease })]);
                _completion.Complete(former, former: null);
                Finish(former, (e as AddressConflictException)?.Conflicts ?? []);
            });
            throw;
        }
    }

    /// <summary>Completes the change of NICs that a command was changing when it died.</summary>
    /// <param name="abandoned">The NICs, which this command has claimed.</param>
    public void Complete(IReadOnlyList<ContainerNic> abandoned)
    {
        _completion.Complete(abandoned, former: null);
        Finish(abandoned, []);
    }

    private NicDemand Grant(NicRecord before, NicDemand change)
    {
        if (change.Network.Segment is not NetworkSegment segment || change.Addresses.Count == 0) return change;
        NicRecord extended = new SegmentBook(session, segment).Extend(change.Nic with { Obsolete = before.Obsolete with { Leases = before.Leases } }, change.Network, change.Addresses);
        return new(extended, change.Network, []);
    }

    private void GiveBack(NicDemand change, NicDemand granted)
    {
        if (ReferenceEquals(change, granted)) return;
        session.RollBack(() => new SegmentBook(session, change.Network.Segment!).GiveBack(granted.Nic, granted.Nic.Leases.Except(change.Nic.Leases)));
    }

    // With what the links of each namespace have until then.
    private ContainerNic[] Record(IReadOnlyList<ContainerNic> before, List<NicDemand> changes)
    {
        IReadOnlyDictionary<NamespaceKey, IReadOnlyList<ObsoleteRoute>> routes = _completion.ReadRoutes(before);
        IReadOnlyList<NicRecord> written = Write([.. changes.Select((c, i) => c with { Nic = c.Nic with { Obsolete = new([], Former(before[i].Record, c.Nic), Gone(before[i], c)) } })]);
        return [.. written.Select((n, i) => new ContainerNic(n with { Obsolete = n.Obsolete with { Leases = [.. n.Obsolete.Leases, .. Ended(before[i].Record, n)] } }, changes[i].Network))];

        static NicSysctl[] Gone(ContainerNic nic, NicDemand changed) =>
            [.. NicSysctls.Of(nic.NetworkRecord, nic.Record).ExceptBy(NicSysctls.Of(changed.Network, changed.Nic).Select(static s => s.Name), static s => s.Name)];

        static IEnumerable<LeaseRecord> Ended(NicRecord nic, NicRecord changed) =>
            nic.Leases.Where(l => l.Source == LeaseSource.Dhcp && changed.Leases.All(c => c.Address != l.Address));

        // Another program may have the default route that a NIC had on record. From now on, the NIC has to have it.
        ObsoleteRoute[] Former(NicRecord nic, NicRecord changed) => [.. routes[nic.NamespaceKey].Where(r =>
            changed.DefaultRoute != true || nic.DefaultRoute == true || r.LinkIndex != LinkMark.Index(nic) || r.Route.Destination.PrefixLength > 0)];
    }

    private ContainerNic[] Finish(IReadOnlyList<ContainerNic> changed, IReadOnlyList<ForeignAddress> foreign)
    {
        NicRecord[] settled = [.. changed.Select(n => Settled(n.Record) with { Obsolete = ObsoleteSettings.None })];
        IReadOnlySet<string> recorded = session.State.CompleteNics(settled, foreign);
        return changed.FirstOrDefault(n => !recorded.Contains(n.Id)) is ContainerNic missing
            ? throw InOtherHands(missing)
            : [.. settled.Select((n, i) => new ContainerNic(n, changed[i].NetworkRecord))];
    }

    private void GiveUp(IEnumerable<NicRecord> claimed) =>
        session.RollBack(() => session.State.UpdateNics([.. claimed.Select(Settled)], NicRecordState.Changing));

    private NicRecord Settled(NicRecord nic) => _completion.Removed.ContainsKey(nic.Id) ? nic with { State = NicRecordState.Detached, InterfaceIndex = 0 }
        : _detached.Contains(nic.Id) ? nic with { State = NicRecordState.Detached } : nic.GivenUp();

    private static NetworkException InOtherHands(ContainerNic nic) => new(
        NetworkError.NicNotFound,
        $"{nic} was disconnected meanwhile, or another command is working on it.",
        "Check its state with Get-ContainerNic, and repeat the command.");
}
