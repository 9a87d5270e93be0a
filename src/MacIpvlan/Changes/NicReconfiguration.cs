using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>
/// Changes the settings of connected NICs, each in one transaction over its record and its link. If something is refused, the NIC is
/// what it was.
/// </summary>
public sealed class NicReconfiguration(NetworkSession session)
{
    private readonly NicRequirements _requirements = new(session);
    private readonly NicLinks _links = new(session);
    private readonly DeadNics _dead = new(session);

    /// <summary>Checks a change of a NIC against the rules, the record and the parent. Changes nothing.</summary>
    /// <exception cref="NetworkException">The NIC can't have the settings.</exception>
    public void Check(ContainerNic nic, NicSettings settings)
    {
        CheckOwner(nic, settings);
        CheckPresence(nic);
        NicDemand demand = Plan(nic, settings);
        if (nic.NetworkRecord.Segment is not null) return;
        foreach (AddressDemand wanted in demand.Addresses.Where(static a => a.Static is not null))
        {
            if (session.State.DescribeHolder(nic.Parent, wanted.Static!) is not string holder) continue;
            throw new NetworkException(NetworkError.AddressInUse, $"The address {wanted.Static} is taken by {holder}.", "Specify another address, or disconnect that NIC.");
        }
    }

    /// <summary>Changes settings of a NIC.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="settings">What is to change.</param>
    /// <returns>The NIC as it is now.</returns>
    /// <exception cref="NetworkException">The NIC can't have the settings; it is what it was.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; the NIC is what it was.</exception>
    public ContainerNic Set(ContainerNic nic, NicSettings settings)
    {
        CheckOwner(nic, settings);
        CheckPresence(nic);
        AddressValue[] requested = [.. settings.Addresses ?? [], .. settings.AddedAddresses];
        AddressDemand[] demands = [.. requested.Select(static a => new AddressDemand(a.Family, a))];
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return _requirements.Allocate(nic.NetworkRecord, demands, () => SetOnce(nic, settings));
            }
            catch (AddressConflictException e) when (attempt < AddressConflict.MaxAttempts
                && !e.Conflicts.Any(c => requested.Contains(c.Address)))
            {
                session.Warn($"{e.Message} Trying the next free address.");
            }
        }
    }

    private void CheckPresence(ContainerNic nic)
    {
        if (_dead.Separate([nic]).Ended.Count == 0) return;
        throw new NetworkException(
            NetworkError.NamespaceNotFound, $"{nic} has ended with its namespace, which doesn't return.", "Free what it holds: Disconnect-ContainerNic.");
    }

    private ContainerNic SetOnce(ContainerNic nic, NicSettings settings)
    {
        NicChange change = new(session) { Prepare = changing => Prepare(changing[0], settings) };
        // Only the last one that was given the default route has it.
        ContainerNic[] choosers = settings.DefaultRoute == true ? [.. FindChoosers(nic)] : [];
        IReadOnlyList<ContainerNic> claimed = change.Claim([nic, .. choosers]);
        NicDemand demand;
        try
        {
            demand = Plan(claimed[0], settings);
        }
        catch
        {
            change.GiveUp(claimed);
            throw;
        }

        IEnumerable<NicDemand> others = claimed.Skip(1).Select(static c => new NicDemand(c.Record with { DefaultRoute = null }, c.NetworkRecord, []));
        return change.Apply(claimed, [demand, .. others])[0];
    }

    private IEnumerable<ContainerNic> FindChoosers(ContainerNic nic)
    {
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        return session.State.GetNics(nic.Record.Namespace)
            .Where(n => n.Id != nic.Id && n is { DefaultRoute: true, IsSettled: true } && n.NamespaceKey == nic.Record.NamespaceKey && networks.ContainsKey(n.NetworkId))
            .Select(n => new ContainerNic(n, networks[n.NetworkId]));
    }

    private NicDemand Plan(ContainerNic nic, NicSettings settings)
    {
        (NicRecord record, NetworkRecord network) = (nic.Record, nic.NetworkRecord);
        if (settings.NewName is not null) CheckName(record, settings.NewName);
        if (settings.ProbeAddress == true) NetworkDefinition.CheckProbe(network.NicKind);
        NicAddressPlan addresses = NicAddressPlan.For(nic, settings, _requirements.Taken);
        if (settings.DefaultRoute == true) NicRequestCheck.CheckDefaultRoute(network, addresses.Kept.Count + addresses.Demands.Count == 0 && record.Dhcp is null);
        if (settings.DefaultRoute == true && (settings.IsDisabled ?? record.IsDisabled))
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, $"{nic} can't have the default route: it is disabled.", $"Enable it first: Enable-ContainerNic {nic.Network}.");
        }

        NicRequestCheck.CheckMtu(settings.Mtu, network);
        BandwidthLimits limits = settings.Bandwidth?.ApplyTo(record.Bandwidth) ?? record.Bandwidth;
        NetworkDefinition.CheckBandwidth(limits.Or(network.Bandwidth), network.NicKind);
        NicSysctls.CheckKernel(settings.Sysctls ?? []);
        if (settings.MacAddress is not null) NicRequestCheck.CheckMacAddress(settings.MacAddress, network);
        int mtu = settings.Mtu ?? record.Mtu;
        if (settings.Mtu is not null || settings.InheritsMtu || settings.MacAddress is not null || addresses.Requested.Count > 0)
        {
            Link parent = _requirements.FindParent(network, isChecked: true);
            if (settings.InheritsMtu) mtu = network.Mtu ?? record.Dhcp?.Binding?.Lease.MtuOn(parent.Mtu) ?? parent.Mtu;
            ParentPlanner.CheckMtu(network.NicKind, settings.Mtu, parent.Name, parent.Mtu, session.Warn);
            _requirements.CheckAddresses(addresses.Requested, parent.Index);
            if (settings.MacAddress is not null) _requirements.CheckMacAddressIsFree(settings.MacAddress, parent, record.Id);
            _requirements.WarnOfGateways(addresses.Requested, network.Parent, nic.Namespace);
        }

        NicBandwidth.CheckBurst(limits.Or(network.Bandwidth), mtu, nic.ToString());
        return new(
            record with
            {
                Leases = addresses.Kept,
                InterfaceName = settings.NewName ?? record.InterfaceName,
                MacAddress = settings.MacAddress ?? record.MacAddress,
                Mtu = mtu,
                OwnMtu = settings.InheritsMtu ? null : settings.Mtu ?? record.OwnMtu,
                Bandwidth = limits,
                Sysctls = settings.Sysctls is null ? record.Sysctls : NicSysctl.InOrder(settings.Sysctls.Except(network.Sysctls)),
                DefaultRoute = settings.DefaultRoute ?? record.DefaultRoute,
                IsDisabled = settings.IsDisabled ?? record.IsDisabled,
            },
            network, addresses.Demands);
    }

    // What is in the kernel is looked at later. Here, a NIC without a link has its name, too, because a restore makes it under that.
    private void CheckName(NicRecord nic, string name)
    {
        LinkName.Check(name);
        if (!session.State.GetNics(nic.Namespace).Any(n => n.Id != nic.Id && n.NamespaceKey == nic.NamespaceKey && n.InterfaceName == name)) return;
        throw new NetworkException(
            NetworkError.InterfaceExists, $"{nic.NamespaceName} already has a NIC named {name}.", "Specify another name, or rename that NIC first.");
    }

    // Runs when the change is on record, so that nobody else takes a new address meanwhile.
    private void Prepare(ContainerNic nic, NicSettings settings)
    {
        NetworkRecord network = nic.NetworkRecord;
        ProbeSettings? probe = settings.ProbeAddress ?? network.Probe is not null ? network.Probe ?? new() : null;
        bool isRenamed = settings.NewName is not null;
        bool isExtended = probe is not null && (settings.Addresses?.Count > 0 || settings.AddedAddresses.Count > 0 || settings.AddedFamilies.Count > 0);
        if (!isRenamed && !isExtended) return;
        using NamespaceHandle? target = _links.OpenNamespace(nic.Record);
        if (target is null) return;
        session.Namespaces.Run(target, () =>
        {
            using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
            if (isRenamed) NicLinkSetup.CheckName(inside, target, settings.NewName!, LinkMark.Index(nic.Record));
            if (isExtended && _links.Find(inside, nic.Record, network) is { IsUp: true, HasCarrier: true } link) Probe(inside, link, nic, probe!);
            return 0;
        });
    }

    private void Probe(RouteSocket inside, Link link, ContainerNic nic, ProbeSettings settings)
    {
        HashSet<InterfaceAddress> present = [.. inside.GetAddresses(link).Select(static a => a.Address)];
        AddressValue[] added = [.. nic.Addresses.Where(a => !present.Contains(a)).Select(static a => a.Value)];
        if (added.Length == 0) return;
        using AddressProbe probe = new(link, added);
        if (probe.Run(settings, session.Pause) is { Count: > 0 } found) throw AddressConflict.OnTheWire(found);
    }

    /// <summary>Checks that labels of a NIC's container don't say otherwise than a command.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    internal static void CheckOwner(ContainerNic nic, NicSettings settings)
    {
        if (!nic.Record.IsByLabel || settings.Force || !settings.ChangesLabelled) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            $"{nic} has what labels of its container {nic.Container} ask for. The next container of that name would get that again.",
            $"Change the labels ({ContainerLabels.Prefix}{nic.Network}.ip and others), or use -Force.");
    }
}
