using System.Diagnostics;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Carries out the planned change of networks. The records of the networks and of their NICs change in one transaction, then the links
/// follow. Called under the topology lock.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="revision">The change.</param>
/// <param name="force">Whether a NIC that can't be made again is left to a later restore.</param>
internal sealed class NetworkChangeSteps(NetworkSession session, NetworkRevision revision, bool force)
{
    // Another command can be connecting a NIC, which waits for a DHCP server or for answers to probes.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);
    private readonly ParentLinks _parents = new(session);
    private readonly HostAddresses _hostAddresses = new(session);
    private bool _isRecorded;
    private bool _isOutdated;

    /// <summary>Carries it out.</summary>
    /// <exception cref="NetworkException">It can't be carried out; everything is as it was.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; everything is as it was.</exception>
    public void CarryOut()
    {
        if (!revision.ReachesNics)
        {
            session.State.ChangeNetworks(Records(nics: null));
            return;
        }

        long start = Stopwatch.GetTimestamp();
        while (!TryCarryOut(isLast: Stopwatch.GetElapsedTime(start) > s_patience)) session.Pause(s_interval);
    }

    // Returns false if another command is working on a NIC.
    private bool TryCarryOut(bool isLast)
    {
        NicChange change = MakeChange();
        IReadOnlyList<ContainerNic> claimed;
        ContainerNic[] nics = Read(revision.Former);
        try
        {
            claimed = change.Claim(nics);
        }
        catch (NetworkException e) when (e.Error == NetworkError.NicNotFound && !isLast)
        {
            return false;
        }

        try
        {
            IReadOnlyList<ContainerNic> changed = change.Apply(claimed, [.. claimed.Select(Adapt)]);
            Remake(claimed, changed, change.Removed);
            return true;
        }
        catch (NetworkException e) when ((_isOutdated || e.Error == NetworkError.NicNotFound) && !isLast)
        {
            _isOutdated = false;
            return false;
        }
    }

    private NicChange MakeChange() => new(session, removesUnfit: true) { Write = Write, Prepare = _ => SetParentMtu() };

    private IReadOnlyList<NicRecord> Write(IReadOnlyList<NicDemand> nics)
    {
        if (session.State.ChangeNetworks(Records(nics)) is not IReadOnlyList<NicRecord> written)
        {
            _isOutdated = true;
            throw new NetworkException(
                NetworkError.NetworkInUse, $"Another command is connecting a NIC to '{revision.Former[0].Name}'.", "Repeat the command when it has ended.");
        }

        _isRecorded = !_isRecorded;
        // If something was refused, this was what was before, and the parent of the links must allow it.
        if (!_isRecorded) SetParentMtu();
        return written;
    }

    private NetworksChange Records(IReadOnlyList<NicDemand>? nics)
    {
        IReadOnlyList<NetworkRecord> networks = _isRecorded ? revision.Former : revision.Now;
        string parent = revision.Now[0].Parent;
        return new(networks, nics)
        {
            Rename = revision.RenamedParent is not string name ? null : _isRecorded ? new(parent, name) : new(name, parent),
            ParentLink = revision.IsMoved || revision.Former[0].Mtu == revision.Now[0].Mtu ? null : OwnLink(networks[0]),
        };
    }

    private static ParentLinkRecord? OwnLink(NetworkRecord network) => !NetworkDefinition.HasOwnLink(network) ? null : new()
    {
        Name = network.Parent, Kind = new DummyLink(), Mtu = network.Mtu ?? ParentLinks.UsualMtu, RemovedWithLastNetwork = true,
    };

    private void SetParentMtu()
    {
        if (revision.IsMoved || OwnLink((_isRecorded ? revision.Now : revision.Former)[0]) is not ParentLinkRecord link) return;
        if (session.Host.FindLink(link.Name) is Link actual && actual.Mtu != link.Mtu) session.Host.Execute(new LinkSet(actual.Index, actual.Name) { Mtu = link.Mtu });
    }

    private NicDemand Adapt(ContainerNic nic)
    {
        int i = Enumerable.Range(0, revision.Former.Count).First(i => revision.Former[i].Id == nic.NetworkRecord.Id);
        return new NicAdaptation(revision.Former[i], revision.Now[i], revision.ParentMtu).Adapt(nic.Record, _hostAddresses.All);
    }

    // Makes those again whose links were removed, because the kernel can't change them.
    private void Remake(IReadOnlyList<ContainerNic> former, IReadOnlyList<ContainerNic> changed, IReadOnlyDictionary<string, ForeignSettings> removed)
    {
        try
        {
            MakeAgain(former, changed, removed, force);
        }
        catch
        {
            session.RollBack(() => GoBack(former));
            throw;
        }
    }

    private void GoBack(IReadOnlyList<ContainerNic> former)
    {
        NicChange change = MakeChange();
        IReadOnlyList<ContainerNic> claimed = change.Claim(Read(revision.Now));
        Dictionary<string, ContainerNic> before = former.ToDictionary(static n => n.Id);
        IReadOnlyList<ContainerNic> changed = change.Apply(claimed, [.. claimed.Select(n => GoBack(n.Record, before[n.Id]))]);
        MakeAgain(former, changed, change.Removed, leavesRefused: true);
    }

    private static NicDemand GoBack(NicRecord now, ContainerNic before) => new(
        now with { Leases = before.Record.Leases, Mtu = before.Record.Mtu, MacAddress = before.Record.MacAddress, Dhcp = before.Record.Dhcp }, before.NetworkRecord, [])
    { ReplacesLease = before.Record.Dhcp is not null };

    private void MakeAgain(
        IReadOnlyList<ContainerNic> former, IEnumerable<ContainerNic> changed, IReadOnlyDictionary<string, ForeignSettings> removed, bool leavesRefused)
    {
        HashSet<string> made = [.. former.Where(static n => n.Record.InterfaceIndex != 0).Select(static n => n.Id)];
        NicRemake remake = new(session);
        foreach (ContainerNic nic in changed.OrderBy(static n => n.Record.Ordinal))
        {
            // Links have gone with a parent that was replaced.
            bool isGone = revision.IsMoved && nic.Record is { State: NicRecordState.Attached } && nic.Record.ParentIndex != revision.Parent.Existing?.Index;
            if (isGone || (nic.Record.InterfaceIndex == 0 && made.Contains(nic.Id))) remake.Make(nic, removed.GetValueOrDefault(nic.Id, ForeignSettings.None), leavesRefused);
        }
    }

    private ContainerNic[] Read(IReadOnlyList<NetworkRecord> networks) =>
        [.. networks.SelectMany(network => session.State.GetNics(network.Id).Select(nic => new ContainerNic(nic, network)))];
}
