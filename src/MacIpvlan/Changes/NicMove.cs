using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Moves NICs to other networks and containers. A link that can stay is changed in place; otherwise it's made anew. If that fails, the
/// NIC is made again where it was.
/// </summary>
/// <param name="session">The session.</param>
public sealed class NicMove(NetworkSession session)
{
    private readonly NicRequirements _requirements = new(session);
    private readonly NicLinks _links = new(session);
    private readonly NicRemoval _removal = new(session);
    private readonly NicComparison _comparison = new(session);
    private readonly ConnectSteps _connector = new(session);
    private readonly HostRoutes _hostRoutes = new(session);

    /// <summary>Moves a NIC. It keeps its name, its MAC address and its addresses, as far as they are free and valid there.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">The network to move it to; null for its own.</param>
    /// <param name="target">The container or namespace to move it into; null for its own.</param>
    /// <param name="force">Whether to move a NIC that labels of its container ask for.</param>
    /// <returns>The NIC as it is now.</returns>
    /// <exception cref="NetworkException">It can't be moved; it is where it was.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; the NIC is where it was.</exception>
    public ContainerNic Move(ContainerNic nic, ContainerNetwork? network, NicTarget? target, bool force)
    {
        ContainerNetwork destination = FindDestination(nic, network, force);
        using NamespaceHandle? present = _links.OpenNamespace(nic.Record);
        NamespaceHandle place = PlaceOf(nic, present, target);
        if (present?.Identity == place.Identity && destination.Id == nic.NetworkRecord.Id) return nic;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return MoveOnce(nic, destination, present, place, target);
            }
            catch (AddressConflictException e) when (attempt < AddressConflict.MaxAttempts && !e.Conflicts.Any(c => nic.Addresses.Any(a => a.Value == c.Address)))
            {
                session.Warn($"{e.Message} Trying the next free address.");
            }
        }
    }

    /// <summary>Checks a move as far as that is possible without it.</summary>
    /// <inheritdoc cref="Move"/>
    public void Check(ContainerNic nic, ContainerNetwork? network, NicTarget? target, bool force)
    {
        NetworkRecord destination = FindDestination(nic, network, force).Record;
        using NamespaceHandle? present = _links.OpenNamespace(nic.Record);
        PlaceOf(nic, present, target);
        CheckNetwork(nic, destination);
    }

    private ContainerNetwork FindDestination(ContainerNic nic, ContainerNetwork? network, bool force)
    {
        NicReconfiguration.CheckOwner(nic, new NicSettings { NewName = nic.InterfaceName, Force = force });
        return network ?? new ContainerNetworks(session).Find(nic.Network)
            ?? throw new NetworkException(NetworkError.NetworkNotFound, $"The network '{nic.Network}' doesn't exist any longer.");
    }

    private static NamespaceHandle PlaceOf(ContainerNic nic, NamespaceHandle? present, NicTarget? target)
    {
        NamespaceHandle place = target?.Namespace ?? present ?? throw new NetworkException(
            NetworkError.NamespaceNotFound, $"The namespace of {nic} no longer exists.", "Specify another container, or run Restore-ContainerNetwork once it runs.");
        return place.Identity != NamespaceHandle.OwnIdentity ? place : throw new NetworkException(
            NetworkError.HostNamespace, $"{place.Name} is the host's own network namespace; NICs can't be moved to it.", "Specify a container with its own network namespace.");
    }

    private Link CheckNetwork(ContainerNic nic, NetworkRecord network)
    {
        NetworkDefinition.CheckBandwidth(nic.Record.Bandwidth.Or(network.Bandwidth), network.NicKind);
        return _requirements.FindParent(network, isChecked: true);
    }

    private ContainerNic MoveOnce(ContainerNic nic, ContainerNetwork destination, NamespaceHandle? present, NamespaceHandle place, NicTarget? target)
    {
        Link parent = CheckNetwork(nic, destination.Record);
        bool isSamePlace = present?.Identity == place.Identity;
        NicChange change = new(session);
        ContainerNic claimed = change.Claim([nic])[0];
        NicDemand demand;
        ForeignSettings foreign = ForeignSettings.None;
        bool staysInPlace;
        try
        {
            demand = Plan(claimed, destination.Record, place, isSamePlace, target, parent);
            staysInPlace = isSamePlace && claimed.Record.ParentIndex == parent.Index && HasSameKind(claimed.NetworkRecord, destination.Record)
                && claimed.Record.Dhcp is null && demand.Nic.Dhcp is null && destination.Record.Probe is null;
            if (staysInPlace) _hostRoutes.Remove(claimed.Record);
            else foreign = Delete(claimed, present);
        }
        catch
        {
            change.GiveUp([claimed]);
            throw;
        }

        if (staysInPlace) return change.Apply([claimed], [demand with { Nic = demand.Nic with { MacAddress = claimed.Record.MacAddress } }])[0];
        try
        {
            // From here on, it belongs there, and a restore makes it there.
            ContainerNic moved = change.Apply([claimed], [demand with { Nic = demand.Nic with { InterfaceIndex = 0 } }])[0];
            return _connector.Reattach(moved, destination, place, target?.Container ?? claimed.Record.Container, probes: true) ?? throw new NetworkException(
                NetworkError.NicNotFound, $"Another command is working on {nic}.", "Check its state with Get-ContainerNic.");
        }
        catch (Exception e) when (e is NetworkException or NetlinkException or OperationCanceledException)
        {
            session.RollBack(() => PutBack(claimed, present, foreign, (e as AddressConflictException)?.Conflicts ?? []));
            throw;
        }
    }

    private static bool HasSameKind(NetworkRecord one, NetworkRecord other) => (one.NicKind, other.NicKind) switch
    {
        (MacvlanLink { Mode: not MacvlanMode.Source } a, MacvlanLink b) => a.Mode == b.Mode
            && (a.BroadcastCutoff, a.BroadcastQueueLength, a.NoPromiscuous) == (b.BroadcastCutoff, b.BroadcastQueueLength, b.NoPromiscuous),
        (IpvlanLink a, IpvlanLink b) => a == b,
        _ => false,
    };

    private NicDemand Plan(ContainerNic nic, NetworkRecord network, NamespaceHandle place, bool isSamePlace, NicTarget? target, Link parent)
    {
        (NicRecord record, NetworkRecord former) = (nic.Record, nic.NetworkRecord);
        bool isSameNetwork = network.Id == former.Id;
        List<LeaseRecord> kept = [];
        List<AddressDemand> demands = [];
        bool hasNone = record.Leases.Count == 0 && record.Dhcp is null;
        foreach (AddressFamily family in AddressValue.Families.Where(f => !hasNone && network.Addresses.HasSubnet(f)))
        {
            LeaseRecord[] own = [.. record.Leases.Where(l => l.Address.Value.Family == family && l.Source is LeaseSource.Pool or LeaseSource.Static)];
            LeaseRecord[] stay = isSameNetwork ? own : [.. own.Where(l => HasSubnetOf(network, l) && former.Parent == network.Parent && former.Segment is null && network.Segment is null)];
            kept.AddRange(stay);
            AddressDemand[] requested = [.. own.Except(stay).Where(l => IsFree(l.Address.Value, network)).Select(l => new AddressDemand(family, l.Address.Value))];
            demands.AddRange(requested);
            if (stay.Length + requested.Length == 0) demands.Add(new(family, null) { OfHost = _requirements.Taken });
        }

        bool usesDhcp = network.Dhcp is not null && !hasNone && !record.IsHost;
        NicRecord moved = record with
        {
            NetworkId = network.Id,
            Leases = kept,
            MacAddress = MacAddressOn(nic, network, parent),
            Mtu = MtuOn(nic, network, parent),
            DefaultRoute = record.DefaultRoute == true && !NicRoutes.DefaultRouteFamilies(network).Any() ? null : record.DefaultRoute,
            InterfaceIdentifier = network.InterfaceIdentifier is null || record.InterfaceIdentifier?.Token is AddressValue token && !isSameNetwork && !IsFreeToken(token, network, record)
                ? null : record.InterfaceIdentifier,
            Dhcp = !usesDhcp ? null : isSameNetwork && isSamePlace ? record.Dhcp : new() { HostName = record.Dhcp?.HostName },
            IsByLabel = false,
        };
        if (target is null) return new(moved, network, demands);
        return new(
            moved with
            {
                InterfaceName = session.Namespaces.Run(place, () => FindName(place, record)),
                NamespaceName = place.Name,
                NamespacePath = place.Path,
                Namespace = place.Identity,
                NamespaceBirth = new(HostBoot.Id, session.Namespaces.Run(place, NamespaceCookie.Read)),
                ProcessId = target.ProcessId,
                ProcessStart = target.ProcessId is int id ? HostBoot.ProcessStart(id) : null,
                Container = target.Container,
                BelongsToName = target.IsNamed,
            },
            network, demands);
    }

    private static bool HasSubnetOf(NetworkRecord network, LeaseRecord lease) => network.Subnets.Any(s => s.Prefix == lease.Address.Subnet);

    private bool IsFree(AddressValue address, NetworkRecord network) =>
        network.Subnets.FirstOrDefault(s => s.Prefix.Contains(address)) is SubnetRecord subnet && AddressPool.Usable(subnet.Prefix).Contains(address)
        && !subnet.Withheld.Any(w => w.Contains(address)) && !_requirements.Taken.Contains(address)
        && session.State.DescribeHolder(network.Parent, address) is null && network.Segment is null;

    private bool IsFreeToken(AddressValue token, NetworkRecord network, NicRecord nic) =>
        !new ContainerNics(session).GetAllWithHost().Any(n => n.Id != nic.Id && n.Parent == network.Parent && n.Record.InterfaceIdentifier?.Token == token);

    private PhysicalAddress MacAddressOn(ContainerNic nic, NetworkRecord network, Link parent)
    {
        if (!network.HasOwnMacAddresses() || !nic.NetworkRecord.HasOwnMacAddresses()) return PhysicalAddress.None;
        try
        {
            _requirements.CheckMacAddressIsFree(nic.Record.MacAddress, parent, nic.Id);
            return nic.Record.MacAddress;
        }
        catch (NetworkException e) when (e.Error == NetworkError.MacAddressInUse)
        {
            return PhysicalAddress.None;
        }
    }

    // One that was chosen for the NIC stays, and one that came from the network follows the other network.
    private static int MtuOn(ContainerNic nic, NetworkRecord network, Link parent)
    {
        int wanted = nic.Record.OwnMtu ?? (network.Id == nic.NetworkRecord.Id ? nic.Record.Mtu : network.Mtu ?? parent.Mtu);
        return network.NicKind is MacvlanLink ? Math.Min(wanted, parent.Mtu) : wanted;
    }

    private string FindName(NamespaceHandle place, NicRecord nic)
    {
        using RouteSocket inside = RouteSocket.OpenToRead(place, session.ThrowIfStopping);
        return inside.FindLink(nic.InterfaceName) is null ? nic.InterfaceName : NicLinkSetup.NextFreeName(inside);
    }

    // Until it is made elsewhere, a restore makes it here again.
    private ForeignSettings Delete(ContainerNic nic, NamespaceHandle? present)
    {
        _comparison.Routes.Note(new ContainerNics(session).GetAllWithHost());
        ForeignSettings foreign = present is null ? ForeignSettings.None : session.Namespaces.Run(present, () => _comparison.ReadForeign(present, nic));
        _hostRoutes.Remove(nic.Record);
        _removal.Delete(present, nic.Record, nic.NetworkRecord);
        if (present is not null) _removal.PassRoutesOn(present, nic.Record, nic.NetworkRecord);
        return foreign;
    }

    private void PutBack(ContainerNic former, NamespaceHandle? present, ForeignSettings foreign, IReadOnlyList<ForeignAddress> conflicts)
    {
        ContainerNetwork? network = new ContainerNetworks(session).Find(former.Network);
        if (network is null || session.State.GetNics().FirstOrDefault(n => n.Id == former.Id) is not NicRecord now) return;
        NicChange change = new(session) { Foreign = conflicts };
        IReadOnlyList<ContainerNic> claimed = change.Claim([new ContainerNic(now, former.NetworkRecord)]);
        NicRecord wanted = former.Record with { InterfaceIndex = 0, Dhcp = former.Record.Dhcp is DhcpRecord dhcp ? dhcp with { Binding = null } : null };
        ContainerNic back = change.Apply(claimed, [new(wanted, former.NetworkRecord, [])])[0];
        if (present is null) return;
        if (_connector.Reattach(back, network, present, former.Record.Container) is not ContainerNic made) return;
        session.Namespaces.Run(present, () =>
        {
            using RouteSocket inside = RouteSocket.Open(present, session.Trace);
            foreign.Write(inside, new Link { Index = made.InterfaceIndex, Name = made.InterfaceName });
            return 0;
        });
    }
}
