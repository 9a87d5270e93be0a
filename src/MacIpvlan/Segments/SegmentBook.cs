using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// The addresses of a segment, which hosts share. The database decides who has which one, and this host keeps a copy. A NIC is
/// on record here before the database is asked, so that what it was granted is given back if this command dies.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="segment">The segment.</param>
internal sealed class SegmentBook(NetworkSession session, NetworkSegment segment) : IAddressBook
{
    // Requested addresses have the number of their request, which is smaller.
    private const int FallbackOrdinal = 1000;

    /// <inheritdoc/>
    public NicRecord ReserveNic(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands)
    {
        NicGrant grant = ReserveNics([new(nic, network, demands)])[0];
        return grant.Nic ?? throw grant.Refusal!;
    }

    /// <inheritdoc/>
    public IReadOnlyList<NicGrant> ReserveNics(IReadOnlyList<NicDemand> demands)
    {
        NicGrant[] grants = [.. session.State.ReserveNics([.. demands.Select(static d => d with { Addresses = [] })])];
        int[] added = [.. Enumerable.Range(0, grants.Length).Where(i => grants[i].Nic is not null && demands[i].Addresses.Count > 0)];
        NicRecord[] nics = [.. added.Select(i => grants[i].Nic!)];
        try
        {
            SegmentDemand[][] wanted = [.. added.Select(i => DemandsOf(demands[i].Addresses))];
            NicGrant[] answers = Grant(nics, [.. added.Select(i => demands[i].Network)], wanted, OfHost(demands));
            for (int i = 0; i < added.Length; i++) grants[added[i]] = answers[i] with { IsAlone = grants[added[i]].IsAlone };
        }
        catch
        {
            session.RollBack(() => GiveUp(nics));
            throw;
        }

        GiveUp(nics.Where((_, i) => grants[added[i]].Nic is null));
        return grants;
    }

    /// <inheritdoc/>
    public LeaseRecord TakeFallback(
        NicRecord nic, NetworkRecord network, IReadOnlyCollection<AddressValue> ofHost, IReadOnlyList<ForeignAddress> foreign)
    {
        session.State.FreeFallback(nic.Id, foreign);
        NicRecord without = nic with { Leases = [.. nic.Leases.Where(static l => l.Source != LeaseSource.DhcpFallback)] };
        SegmentDemand demand = new(FallbackOrdinal, System.Net.Sockets.AddressFamily.InterNetwork, null, IsFallback: true);
        NicGrant grant = Grant([without], [network], [[demand]], ofHost)[0];
        return (grant.Nic ?? throw grant.Refusal!).Leases.First(static l => l.Source == LeaseSource.DhcpFallback);
    }

    /// <summary>Gives a NIC other addresses instead of those that it lost; requested ones only if they are free again.</summary>
    /// <returns>The NIC with all its addresses.</returns>
    /// <exception cref="NetworkException">As <see cref="IAddressBook.ReserveNic"/>.</exception>
    public NicRecord ReplaceLost(NicRecord nic, NetworkRecord network, IReadOnlyCollection<AddressValue> ofHost)
    {
        if (nic.LostLeases.Count == 0) return nic;
        SegmentDemand[] demands = [.. nic.LostLeases.Select(static l => new SegmentDemand(
            l.Ordinal, l.Address.Value.Family, l.Source == LeaseSource.Static ? l.Address.Value : null, l.Source == LeaseSource.DhcpFallback))];
        NicGrant grant = Grant([nic with { LostLeases = [] }], [network], [demands], ofHost)[0];
        if (grant.Nic is null) throw grant.Refusal!;
        session.State.ForgetLostLeases(nic.Id);
        return grant.Nic;
    }

    /// <summary>Asks for more addresses of a NIC. They aren't recorded here yet.</summary>
    /// <returns>The NIC with all its addresses.</returns>
    /// <exception cref="NetworkException">As <see cref="IAddressBook.ReserveNic"/>.</exception>
    public NicRecord Extend(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands)
    {
        // Those that it gives up keep their numbers until then.
        int next = nic.Leases.Concat(nic.LostLeases).Concat(nic.Obsolete.Leases).Select(static l => l.Ordinal).DefaultIfEmpty(-1).Max() + 1;
        SegmentDemand[] wanted = [.. demands.Select((d, i) => new SegmentDemand(next + i, d.Family, d.Static))];
        NicGrant grant = Decide([nic], [network], [wanted], OfHost([new(nic, network, demands)]))[0];
        return grant.Nic ?? throw grant.Refusal!;
    }

    /// <summary>Gives addresses of a NIC back that weren't recorded here.</summary>
    public void GiveBack(NicRecord nic, IEnumerable<LeaseRecord> leases) => NoticeQueue.Use<object?>(session, segment.Database, database =>
    {
        database.Release([.. leases.Select(l => new AddressRelease(nic.Id, l.Epoch is > 0 and long epoch ? epoch : long.MaxValue, l.Address.Value, null))]);
        return null;
    });

    /// <summary>Asks for an address that is on record for a NIC here, but not in the database.</summary>
    /// <returns>Who has it now; null if the NIC has it again.</returns>
    /// <exception cref="NetworkException">The database can't be asked.</exception>
    public SegmentRefusal? Regain(NicRecord nic, LeaseRecord lease)
    {
        SegmentDemand demand = new(lease.Ordinal, lease.Address.Value.Family, lease.Address.Value);
        SegmentGrant grant = Ask([ClaimOf(nic, [demand])], [])[0];
        if (grant.Refusal is not null) return grant.Refusal;
        // As it is on record by now: another address of it can have been had again since it was read.
        NicRecord[] now = [.. session.State.GetNics(nic.NetworkId).Where(n => n.Id == nic.Id)
            .Select(n => n with { Leases = [.. n.Leases.Select(l => l == lease ? l with { Epoch = grant.Addresses[0].Epoch } : l)] })];
        GiveBackUnrecorded([nic], session.State.SetSegmentLeases(now));
        return null;
    }

    private NicGrant[] Grant(
        NicRecord[] nics, NetworkRecord[] networks, SegmentDemand[][] demands, IReadOnlyCollection<AddressValue> ofHost)
    {
        NicGrant[] grants = Decide(nics, networks, demands, ofHost);
        NicRecord[] granted = [.. grants.Select(static g => g.Nic).OfType<NicRecord>()];
        IReadOnlySet<string> recorded = session.State.SetSegmentLeases(granted);
        GiveBackUnrecorded(granted, recorded);
        return [.. grants.Select((g, i) => g.Nic is null || recorded.Contains(g.Nic.Id) ? g : new(null, new(
            NetworkError.NicNotFound, $"Another command has just released the NIC in {nics[i].NamespaceName}.", "Connect it again.")))];
    }

    private NicGrant[] Decide(NicRecord[] nics, NetworkRecord[] networks, SegmentDemand[][] demands, IReadOnlyCollection<AddressValue> ofHost)
    {
        try
        {
            IReadOnlyList<SegmentGrant> answers = nics.Length == 0 ? [] : Ask([.. nics.Select((n, i) => ClaimOf(n, demands[i]))], ofHost);
            return [.. answers.Select((a, i) => Granted(nics[i], networks[i], demands[i], a))];
        }
        catch (NetworkException e) when (e.Error == NetworkError.AddressDatabaseUnavailable)
        {
            return [.. nics.Select((n, i) => TakeUnconfirmed(n, networks[i], demands[i], e))];
        }
    }

    // An address that another station was found to have isn't granted again, because the database is told before.
    private IReadOnlyList<SegmentGrant> Ask(IReadOnlyList<SegmentClaim> claims, IReadOnlyCollection<AddressValue> ofHost) =>
        NoticeQueue.Use(session, segment.Database, database => database.Allocate(segment.Name, ofHost, claims));

    // Another command has released the NIC meanwhile, and can have told the database before it granted anything.
    private void GiveBackUnrecorded(IEnumerable<NicRecord> granted, IReadOnlySet<string> recorded)
    {
        AddressRelease[] releases = [.. granted.Where(n => !recorded.Contains(n.Id)).Select(static n => new AddressRelease(n.Id, long.MaxValue, null, null))];
        if (releases.Length == 0) return;
        session.Databases.Use<object?>(segment.Database, database =>
        {
            database.Release(releases);
            return null;
        });
    }

    private NicGrant Granted(NicRecord nic, NetworkRecord network, SegmentDemand[] demands, SegmentGrant answer)
    {
        if (answer.Refusal is SegmentRefusal refusal) return new(null, Refused(network, refusal));
        List<LeaseRecord> leases = [.. nic.Leases];
        foreach (GrantedAddress granted in answer.Addresses)
        {
            AddressValue address = granted.Address.Value;
            // What is on record here follows what the database says, but only so far.
            if (!network.Pools.Any(s => s.Prefix.Contains(address))) return new(null, new(
                NetworkError.SegmentDiffers,
                $"The segment {segment} has granted {address}, which isn't in a subnet of '{network.Name}' on record here.",
                $"Record the segment as it is now: Repair-ContainerNetwork {network.Name}."));
            SegmentDemand demand = demands.First(d => d.Ordinal == granted.Ordinal);
            leases.Add(Lease(nic, demand, granted.Address, granted.Epoch));
        }

        return new(nic with { Leases = [.. leases.OrderBy(static l => l.Ordinal)] }, null);
    }

    private NicGrant TakeUnconfirmed(NicRecord nic, NetworkRecord network, SegmentDemand[] demands, NetworkException absence)
    {
        if (demands.FirstOrDefault(static d => d.Static is null) is not null) return new(null, new(
            absence.Error,
            $"The network '{network.Name}' can't allocate an address now. {absence.Message}",
            segment.AwayPolicy == AwayPolicy.Reconcile ? "Repeat the command later, or request an address with -IPAddress." : absence.RecommendedAction));
        if (segment.AwayPolicy != AwayPolicy.Reconcile) return new(null, new(
            absence.Error, $"The address {demands[0].Static} of '{network.Name}' can't be confirmed now. {absence.Message}", absence.RecommendedAction));
        foreach (SegmentDemand demand in demands)
        {
            if (session.State.DescribeHolder(network.Parent, demand.Static!) is not string holder) continue;
            return new(null, new(NetworkError.AddressInUse, $"The address {demand.Static} is taken by {holder}.", "Specify another address, or disconnect that NIC."));
        }

        LeaseRecord[] leases = [.. demands.Select(d => Lease(
            nic, d, new(d.Static!, network.Subnets.First(s => s.Prefix.Contains(d.Static!)).Prefix.PrefixLength), epoch: 0))];
        session.Warn($"{Phrase.NameSome([.. demands.Select(static d => d.Static)])} of '{network.Name}' will be confirmed when the address database can "
            + $"be reached again: until then, another host could use it too. {absence.Message}");
        return new(nic with { Leases = [.. nic.Leases, .. leases] }, null);
    }

    // With the subnet's prefix length, the host would get a second route to the whole subnet.
    private static LeaseRecord Lease(NicRecord nic, SegmentDemand demand, InterfaceAddress address, long epoch) => new(
        nic.IsHost ? new(address.Value, address.Value.Bits) : address,
        demand.IsFallback ? LeaseSource.DhcpFallback : demand.Static is null ? LeaseSource.Pool : LeaseSource.Static)
    {
        Epoch = epoch,
        Ordinal = demand.Ordinal,
    };

    private NetworkException Refused(NetworkRecord network, SegmentRefusal refusal) => refusal.Error switch
    {
        NetworkError.AddressInUse => new(
            refusal.Error, $"The address {refusal.Address} is taken by {refusal.Holder}.", "Specify another address, or disconnect that NIC."),
        NetworkError.AddressesExhausted => new(
            refusal.Error, $"The segment {segment} of network '{network.Name}' has no free address.",
            $"Disconnect unused NICs, or take the addresses of hosts that are gone away: Get-ContainerNetworkAddress {network.Name} shows who has them."),
        NetworkError.NetworkNotFound => new(
            NetworkError.SegmentNotFound, $"The network '{network.Name}' isn't on the segment {segment} any longer.",
            $"Put it there again: Repair-ContainerNetwork {network.Name}."),
        _ => new(refusal.Error, $"The address {refusal.Address} can't be allocated: the segment {segment} doesn't have it."),
    };

    private static SegmentClaim ClaimOf(NicRecord nic, IReadOnlyList<SegmentDemand> demands) =>
        new(nic.NetworkId, nic.Id, nic.NamespaceName, demands);

    private static SegmentDemand[] DemandsOf(IReadOnlyList<AddressDemand> demands) =>
        [.. demands.Select(static (d, i) => new SegmentDemand(i, d.Family, d.Static))];

    private static AddressValue[] OfHost(IReadOnlyList<NicDemand> demands) =>
        [.. demands.SelectMany(static d => d.Addresses).Select(static a => a.OfHost).OfType<IReadOnlyCollection<AddressValue>>()
            .Distinct(ReferenceEqualityComparer.Instance).Cast<IReadOnlyCollection<AddressValue>>().SelectMany(static a => a).Distinct()];

    private void GiveUp(IEnumerable<NicRecord> nics)
    {
        foreach (NicRecord nic in nics) session.State.ReleaseNic(nic.Id);
    }
}
