using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Connects NICs in steps: the request is checked, addresses are reserved, the kernel creates the NIC, and the NIC is
/// recorded. Each step can run in another instance, with a session on another thread. If a step fails, nothing is left
/// behind.
/// </summary>
internal sealed class ConnectSteps(NetworkSession session)
{
    private const int IdHexDigits = 16;

    // An announcement takes the kernel half a microsecond for each link that receives it.
    private const int CrowdSize = 250;

    // How often another command may change the network just then.
    private const int MaxChanges = 20;
    private readonly NicLinks _links = new(session);
    private readonly NicRemoval _removal = new(session);
    private readonly HostRoutes _hostRoutes = new(session);
    private readonly NicRequirements _requirements = new(session);
    private readonly HostAddresses _hostAddresses = new(session);
    private readonly RoutesToHost _routesToHost = new(session);
    private readonly NicNeighbors _neighbors = new(session);
    private readonly ParentLinks _parentLinks = new(session);
    private int _planned;

    /// <summary>Creates a NIC in a namespace, adds its addresses and routes, and brings it up.</summary>
    /// <exception cref="NetworkException">The request can't be carried out.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public ContainerNic Connect(NicRequest request)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                PlannedNic planned = Plan(request);
                PlannedNic reserved = planned with { Nic = Reserve(planned.Nic, request.Network.Record, planned.Demands) };
                return Record([Make(reserved, [])])[0].GetNic();
            }
            catch (NetworkException e) when (e.Error == NetworkError.NetworkChanged && attempt < MaxChanges)
            {
                request = Renew(request);
            }
        }
    }

    /// <summary>A request for its network as it is now.</summary>
    /// <exception cref="NetworkException">NetworkNotFound: the network has been removed.</exception>
    public NicRequest Renew(NicRequest request)
    {
        NetworkRecord now = session.State.GetNetworks().FirstOrDefault(n => n.Id == request.Network.Id)
            ?? throw new NetworkException(NetworkError.NetworkNotFound, $"Another command has just removed the network '{request.Network.Name}'.");
        return request with { Network = _parentLinks.Describe(now) };
    }

    /// <summary>Checks a request.</summary>
    /// <returns>The plan, with the addresses to reserve.</returns>
    /// <exception cref="NetworkException">The request can't be carried out.</exception>
    public PlannedNic Plan(NicRequest request)
    {
        session.Recover();
        NetworkRecord network = request.Network.Record;
        NicRequestCheck.Check(request);
        NicSysctls.CheckKernel(request.Sysctls);
        Link parent = _requirements.FindParent(network, isChecked: true);
        if (request.BelongsToName) ReleaseFormer(request);
        _requirements.CheckAddresses(request.Addresses, parent.Index);
        ParentPlanner.CheckMtu(network.NicKind, request.Mtu, parent.Name, parent.Mtu, session.Warn);
        if (request.MacAddress is not null) _requirements.CheckMacAddressIsFree(request.MacAddress, parent);
        if (request.InterfaceIdentifier?.Token is AddressValue token) _requirements.CheckTokenIsFree(token, network);
        NicRecord wanted = new()
        {
            Id = "",
            NetworkId = network.Id,
            State = NicRecordState.Reserved,
            NamespaceName = request.Target.Name,
            NamespacePath = request.Target.Path,
            Namespace = request.Target.Identity,
            // The cookie is read in the namespace when the NIC is made. Until then, the link's own mark identifies it.
            NamespaceBirth = new(HostBoot.Id, 0),
            IsHost = request.IsHost,
            ProcessId = request.ProcessId,
            ProcessStart = request.ProcessId is int id ? HostBoot.ProcessStart(id) : null,
            Container = request.Container,
            BelongsToName = request.BelongsToName,
            IsByLabel = request.IsByLabel,
            MacAddress = request.MacAddress ?? PhysicalAddress.None,
            ParentIndex = parent.Index,
            DefaultRoute = request.DefaultRoute,
            OwnMtu = request.Mtu,
            Dhcp = request.AsksServer ? new() { HostName = request.HostName } : null,
            InterfaceIdentifier = request.InterfaceIdentifier == network.InterfaceIdentifier ? null : request.InterfaceIdentifier,
            IsDisabled = request.IsDisabled,
            Bandwidth = request.Bandwidth,
            Sysctls = NicSysctl.InOrder(request.Sysctls.Except(network.Sysctls)),
            HostAddresses = request.IsHost ? _hostAddresses.On(parent) : [],
        };
        _requirements.WarnOfGateways(request.Addresses, request.Network.Parent, request.Target.Name);
        IReadOnlyList<AddressDemand> demands = NicRequestCheck.Demands(request, _requirements.Taken);
        bool isCrowded = request.Network.NicCount + _planned++ > CrowdSize;
        NicRequest complete = isCrowded ? request with { AnnouncesAside = true } : request;
        if (complete.AnnouncesItself) Announcer.Prepare();
        return new(complete, wanted, parent, demands);
    }

    // What waits on the network for a container of this name gives way to what is asked for now, with its addresses.
    private void ReleaseFormer(NicRequest request)
    {
        ContainerNic[] former =
        [
            .. session.State.GetNicsOfName(request.Container!.Name)
                .Where(n => n.NetworkId == request.Network.Id && n.Container!.Id != request.Container.Id)
                .Select(n => new ContainerNic(n, request.Network.Record)),
        ];
        if (former.Length == 0) return;
        foreach (ContainerNic nic in new NicStates(session).Find(former).Where(static n => n.State is NicState.ContainerAwaited or NicState.ContainerRestarted))
        {
            // The server knows the new one by the same identifier.
            _removal.ReleaseDead(nic.Record.KeepingLease(), nic.NetworkRecord);
        }
    }

    /// <summary>Reserves the addresses of planned NICs.</summary>
    /// <returns>For each plan, in order, the NIC with its addresses or the reason it can't have them.</returns>
    public IReadOnlyList<NicGrant> Reserve(IReadOnlyList<PlannedNic> planned)
    {
        NicGrant[] grants = [.. Ask([.. planned.Select(static p => new NicDemand(p.Nic with { Id = NewId() }, p.Request.Network.Record, p.Demands))])];
        for (int i = 0; i < grants.Length; i++)
        {
            if (grants[i].Refusal is null) continue;
            try
            {
                // This attempt can free addresses that are no longer needed.
                grants[i] = new(Reserve(planned[i].Nic, planned[i].Request.Network.Record, planned[i].Demands), null);
            }
            catch (NetworkException e)
            {
                grants[i] = new(null, e);
            }
        }

        return grants;
    }

    // One question to each book in turn, as a rule one at all.
    private List<NicGrant> Ask(NicDemand[] demands)
    {
        List<NicGrant> grants = [];
        while (grants.Count < demands.Length)
        {
            NetworkSegment? segment = demands[grants.Count].Network.Segment;
            NicDemand[] together = [.. demands.Skip(grants.Count).TakeWhile(d => d.Network.Segment == segment)];
            grants.AddRange(AddressBooks.Of(session, together[0].Network).ReserveNics(together));
        }

        return grants;
    }

    /// <summary>Gives up a reservation whose NIC isn't wanted any more.</summary>
    public void GiveUp(PlannedNic reservation) => session.RollBack(() => _removal.Release(reservation.Nic));

    /// <summary>Creates the NIC of a reservation in the kernel.</summary>
    /// <param name="reservation">The reservation.</param>
    /// <param name="unrecorded">Other NICs that this command has made but maybe not recorded yet.</param>
    /// <returns>The NIC as made; it gets other addresses if someone else has the reserved ones.</returns>
    /// <exception cref="NetworkException">The request can't be carried out.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step.</exception>
    public PlannedNic Make(PlannedNic reservation, IEnumerable<PlannedNic> unrecorded)
    {
        (NicRequest request, NicRecord reserved, Link parent, IReadOnlyList<AddressDemand> demands) = reservation;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                // After a probe, the reservation's view of the namespace is old.
                bool isAlone = reservation.IsAlone && attempt == 1 && request.Probe is null;
                return reservation with { Nic = Make(request, reserved, parent, isAlone ? null : unrecorded, Release) };
            }
            catch (AddressConflictException e) when (attempt < AddressConflict.MaxAttempts
                && !e.Conflicts.Any(c => demands.Any(d => d.Static == c.Address)))
            {
                session.Warn($"{e.Message} Trying the next free address.");
            }

            reserved = Reserve(reserved with { Leases = [] }, request.Network.Record, demands);
        }
    }

    /// <summary>Records NICs that were made, and adds the host's routes to them.</summary>
    /// <returns>The outcome of each, in the same order.</returns>
    public IReadOnlyList<ConnectOutcome> Record(IReadOnlyList<PlannedNic> made) => Record(made, NicRecordState.Reserved, Release);

    /// <summary>Re-creates the interface of a NIC with its recorded settings, possibly in another namespace.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network.</param>
    /// <param name="target">The namespace.</param>
    /// <param name="holder">Its container as it is now, or the one that has taken that one's place; null if no runtime reports it.</param>
    /// <param name="asksLater">Whether somebody else asks a DHCP server, if its lease doesn't simply go on.</param>
    /// <param name="patience">As <see cref="NicRequest.Patience"/>.</param>
    /// <param name="clear">Deletes what is left of its former link, or takes note of it. Until the NIC is taken, that could be another NIC's.</param>
    /// <param name="probes">Whether to probe its addresses first, if the network says so: they may be new ones.</param>
    /// <returns>Null if another command is working on the NIC, or has worked on it meanwhile.</returns>
    /// <exception cref="NetworkException">The interface can't be created.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; the NIC is left detached.</exception>
    public ContainerNic? Reattach(ContainerNic nic, ContainerNetwork network, NamespaceHandle target, Container? holder = null, bool asksLater = false, TimeSpan? patience = null,
        Action? clear = null, bool probes = false)
    {
        Link parent = _requirements.FindParent(network.Record);
        if (session.State.TakeNic(nic.Id, NicRecordState.Restoring) is not NicRecord taken) return null;
        if (taken.InterfaceIndex != nic.InterfaceIndex || taken.NamespaceBirth != nic.Record.NamespaceBirth)
        {
            // Another command has restored it, or tried to, since it was read.
            session.State.UpdateNic(taken.GivenUp());
            return null;
        }

        Clear(taken, clear);
        taken = ReplaceLost(taken, network.Record);
        int mtu = parent.Mtu < taken.Mtu && network.Record.NicKind is MacvlanLink ? parent.Mtu : taken.Mtu;
        NicRecord restoring = In(target, taken) with { InterfaceIndex = 0, ParentIndex = parent.Index };
        // After a reboot, the host can have other addresses, or get its own later.
        if (taken.IsHost && _hostAddresses.On(parent) is { Count: > 0 } now) restoring = restoring with { HostAddresses = now };
        // Each start of a container has another process that leads to its namespace. Containers can be renamed, and another one
        // can have the name that the NIC belongs to.
        if (taken.Container is not null)
        {
            restoring = restoring with
            {
                Container = holder ?? taken.Container,
                NamespaceName = target.Name,
                NamespacePath = target.Path,
            };
        }

        session.State.UpdateNic(restoring, from: NicRecordState.Restoring);
        NicRequest request = new()
        {
            Network = network,
            Target = target,
            IsHost = taken.IsHost,
            InterfaceName = taken.InterfaceName,
            // One that comes from its lease can change with it.
            Mtu = taken is { Dhcp: not null, OwnMtu: null } && network.Record.Mtu is null ? null : mtu,
            // It keeps its addresses.
            ProbeAddress = probes ? null : false,
            AsksLater = asksLater,
            Patience = patience,
        };
        NicRecord made = Make(request, restoring, parent, unrecorded: [], Detach);
        ContainerNic restored = Record([new(request, made, parent, [])], NicRecordState.Restoring, Detach)[0].GetNic();
        if (taken.IsHost) _routesToHost.Change(taken, made);
        return restored;

        void Detach(NicRecord nic, Exception reason) => session.State.UpdateNic(restoring with { State = NicRecordState.Detached });
    }

    private void Clear(NicRecord taken, Action? clear)
    {
        try
        {
            clear?.Invoke();
        }
        catch
        {
            session.RollBack(() => session.State.UpdateNic(taken.GivenUp()));
            throw;
        }
    }

    // Others have them now, so the NIC isn't made anew without other ones.
    private NicRecord ReplaceLost(NicRecord taken, NetworkRecord network)
    {
        if (taken.LostLeases.Count == 0) return taken;
        try
        {
            return new SegmentBook(session, network.Segment!).ReplaceLost(taken, network, _requirements.Taken);
        }
        catch
        {
            session.RollBack(() => session.State.UpdateNic(taken with { State = NicRecordState.Detached }));
            throw;
        }
    }

    private NicRecord In(NamespaceHandle target, NicRecord nic) => nic with
    {
        Namespace = target.Identity,
        NamespaceBirth = new(HostBoot.Id, session.Namespaces.Run(target, NamespaceCookie.Read)),
    };

    private NicRecord Reserve(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands) => _requirements.Allocate(
        network, demands, () => AddressBooks.Of(session, network).ReserveNic(nic with { Id = NewId() }, network, demands));

    private static string NewId() => Guid.NewGuid().ToString("N")[..IdHexDigits];

    // Without a list of unrecorded NICs, the NIC is known to be the only one in its namespace.
    private NicRecord Make(
        NicRequest request, NicRecord nic, Link parent, IEnumerable<PlannedNic>? unrecorded, Action<NicRecord, Exception> release)
    {
        try
        {
            RoutedNic[] others = nic.IsHost || unrecorded is null ? [] : FindOthers(nic, unrecorded);
            return _links.Make(request, nic, parent, others);
        }
        catch (Exception e)
        {
            Undo(request, nic, e, release);
            throw;
        }
    }

    private RoutedNic[] FindOthers(NicRecord nic, IEnumerable<PlannedNic> unrecorded)
    {
        // Another thread records them. This order finds each at least once.
        RoutedNic[] made = [.. unrecorded.Where(u => u.Nic.Namespace == nic.Namespace).Select(static u => u.Routed())];
        return [.. _neighbors.Find(nic).Concat(made).DistinctBy(static n => n.Nic.Id)];
    }

    private ConnectOutcome[] Record(IReadOnlyList<PlannedNic> made, NicRecordState from, Action<NicRecord, Exception> release)
    {
        try
        {
            NicRecord[] nics = [.. made.Select(static m => m.Nic)];
            HashSet<string> known = [];
            _hostRoutes.Add(nics);
            // Read after the links were made: a command that enables the host's access after that finds them.
            _routesToHost.Add(made);
            AddRoutesOfHost(nics, known);
            // Before they are attached: until then, a command that dies leaves NICs that are removed.
            foreach (NicRecord nic in nics.Where(static n => n.Dhcp is not null)) session.State.SetLease(nic.Id, nic.Dhcp!);
            IReadOnlySet<string> recorded = session.State.UpdateNics(nics, from);
            // Commands that connected a NIC before this update couldn't find the host's link to add their route to.
            AddRoutesOfHost(nics, known);
            return [.. made.Select(m => Outcome(m, recorded.Contains(m.Nic.Id)))];
        }
        catch (Exception e)
        {
            // Recording each NIC alone shows which one fails.
            return made.Count == 1 ? [Fail(made[0], e)] : [.. made.SelectMany(m => Record([m], from, release))];
        }

        ConnectOutcome Outcome(PlannedNic one, bool isRecorded) => isRecorded
            ? new(new ContainerNic(one.Nic, one.Request.Network.Record, one.Nic.IsDisabled ? NicState.Disabled : NicStates.OfNew(one.Parent)), null)
            : Fail(one, InOtherHands($"{one.Request.Target.Name}/{one.Nic.InterfaceName}"));

        ConnectOutcome Fail(PlannedNic one, Exception reason)
        {
            Undo(one.Request, one.Nic, reason, release);
            return new(null, reason);
        }
    }

    private void AddRoutesOfHost(NicRecord[] nics, HashSet<string> known)
    {
        foreach (NicRecord nic in nics.Where(static n => n.IsHost))
        {
            _hostRoutes.AddAll(new Link { Index = nic.InterfaceIndex, Name = nic.InterfaceName }, nic.NetworkId, known);
        }
    }

    private void Undo(NicRequest request, NicRecord nic, Exception reason, Action<NicRecord, Exception> release) =>
        session.RollBack(() =>
        {
            // This also applies if the kernel's reply was lost, because the link may exist.
            bool wasThere = !NamespaceThreads.IsRefusal(reason);
            if (wasThere) Delete(request.Target, nic, request.Network.Record, reason);
            release(nic, reason);
            // It may have taken the default route from another NIC.
            if (wasThere && nic.DefaultRoute == true) _removal.PassRoutesOn(request.Target, In(request.Target, nic), request.Network.Record);
        });

    private void Delete(NamespaceHandle target, NicRecord nic, NetworkRecord network, Exception reason)
    {
        // Only a link that existed can have been moved.
        bool canBeElsewhere = nic.InterfaceIndex != 0
            || reason is NetworkException { Error: NetworkError.InterfaceNotFound } or NetlinkException { IsAnswerLost: true };
        if (canBeElsewhere) _removal.Delete(target, nic, network);
        else session.Namespaces.Await(_removal.Start(target, nic, network));
    }

    private void Release(NicRecord nic, Exception reason) => _removal.Release(nic, (reason as AddressConflictException)?.Conflicts);

    private static NetworkException InOtherHands(string nic) => new(
        NetworkError.NicNotFound,
        $"{nic} is being connected or disconnected by another command.",
        "Check its state with Get-ContainerNic.");
}
