using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Creates, lists and removes networks.</summary>
public sealed class ContainerNetworks(NetworkSession session)
{
    private readonly NetworkPlanner _planner = new(session);
    private readonly ParentLinks _parents = new(session);
    private readonly ContainerNics _nics = new(session);
    private readonly DeadNics _dead = new(session);
    private readonly SegmentNetworks _segments = new(session);

    /// <summary>All networks, sorted by name.</summary>
    public IReadOnlyList<ContainerNetwork> GetAll() => Describe(session.State.GetUsage(), session.State.GetNetworks());

    /// <summary>The network with a name, regardless of case; null if it doesn't exist.</summary>
    public ContainerNetwork? Find(string name)
    {
        IReadOnlyList<NetworkRecord> found = session.State.GetNetworks(name);
        return found.Count == 0 ? null : Describe(session.State.GetUsage(found[0].Id), found).FirstOrDefault();
    }

    /// <summary>
    /// Counts the NICs of networks as they are now: those that haven't ended for good, and among them those that are up.
    /// </summary>
    public IReadOnlyList<ContainerNetwork> Count(IReadOnlyList<ContainerNetwork> networks)
    {
        HashSet<string> used = [.. networks.Where(static n => n.NicCount > 0).Select(static n => n.Id)];
        ContainerNic[] nics = used.Count == 0 ? [] : [.. _nics.GetAll().Where(n => used.Contains(n.NetworkRecord.Id))];
        ILookup<string, ContainerNic> found = new NicStates(session).Look(nics)
            .Where(static n => !DeadNics.IsEnded(n)).ToLookup(static n => n.NetworkRecord.Id);
        return [.. networks.Select(n => n.Counted(found[n.Id].Count(), found[n.Id].Count(static i => i.State == NicState.Up)))];
    }

    /// <summary>The number of NICs of a network that haven't ended for good.</summary>
    public int CountNics(ContainerNetwork network) =>
        network.NicCount == 0 ? 0 : _dead.Separate(_nics.GetAll(network)).Others.Count;

    private ContainerNetwork[] Describe(IReadOnlyDictionary<string, NetworkUsage> usage, IReadOnlyList<NetworkRecord> networks)
    {
        Dictionary<string, NetworkState> states = [];
        // Networks that were created or removed between the two reads aren't listed.
        return [.. networks.Where(n => usage.ContainsKey(n.Id))
            .Select(n => ContainerNetwork.From(n, usage[n.Id], StateOn(n.Parent)))];

        NetworkState StateOn(string parent)
        {
            if (!states.TryGetValue(parent, out NetworkState state)) states[parent] = state = _parents.GetState(parent);
            return state;
        }
    }

    /// <summary>Checks a request against the rules, the kernel and the existing networks. Creates nothing.</summary>
    /// <returns>A description of what would be created.</returns>
    /// <exception cref="NetworkException">The request can't be carried out.</exception>
    public string Plan(NetworkRequest request)
    {
        NetworkPlan plan = _planner.Plan(request, new(session.State.GetNetworks()), static _ => { });
        _segments.Check(plan.Network);
        return plan.ToString();
    }

    /// <summary>Creates a network, and its parent if that's a VLAN or a dummy that doesn't exist.</summary>
    /// <exception cref="NetworkException">The request can't be carried out.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step. Nothing is left behind.</exception>
    public ContainerNetwork Create(NetworkRequest request)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        NetworkPlan plan = _planner.Plan(request, new(session.State.GetNetworks()), session.Warn);
        return CarryOut(plan, session.State.AddNetwork);
    }

    /// <summary>Recreates a network with another definition, a new id, and without NICs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="request">The definition.</param>
    /// <param name="disconnect">Whether to remove its NICs and the host's access first.</param>
    /// <exception cref="NetworkException">NetworkInUse, or the request can't be carried out.</exception>
    /// <exception cref="NetlinkException">
    /// The kernel refused a step. The network is unchanged, but has no NICs.
    /// </exception>
    internal ContainerNetwork Replace(ContainerNetwork network, NetworkRequest request, bool disconnect)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        NetworkPlan plan = _planner.Plan(request, new(session.State.GetNetworks().Where(n => n.Id != network.Id)), session.Warn);
        CheckReplaceable(network, plan, disconnect);
        Release(network, disconnect);
        // It can be the only one that defines its segment.
        _segments.Leave(network.Record);
        ContainerNetwork made;
        try
        {
            made = CarryOut(plan, record => session.State.ReplaceNetwork(network.Id, record));
        }
        catch
        {
            session.RollBack(() => _segments.Join(network.Record));
            throw;
        }

        _parents.RemoveUnused(network.Parent);
        return made;
    }

    /// <summary>Checks that a network can be recreated.</summary>
    /// <exception cref="NetworkException">NetworkInUse or SubInterfaceInUse, naming what would be removed.</exception>
    internal void CheckReplaceable(ContainerNetwork network, NetworkPlan plan, bool disconnect)
    {
        const string Kept = "differs, but can't be recreated while ";
        CheckNoNics(network, disconnect, Kept + "it ");
        _parents.CheckReplaceable(plan.Parent, network.Id);
        if (session.State.GetHostNic(network.Id) is null || disconnect) return;
        throw new NetworkException(
            NetworkError.NetworkInUse,
            $"The network '{network.Name}' {Kept}the host has access to it.",
            $"Remove it first (Disable-HostAccess {network.Name}), or use -Force.");
    }

    private ContainerNetwork CarryOut(NetworkPlan plan, Action<NetworkRecord> record)
    {
        _parents.Ensure(plan.Parent, _ => RecordNetwork(plan.Network, record));
        ContainerNetwork made = Find(plan.Network.Name)!;
        WarnOfRouters(made.Record);
        return made;
    }

    /// <summary>Warns of gateways that are NICs.</summary>
    internal void WarnOfRouters(NetworkRecord network)
    {
        foreach (AddressValue gateway in network.Subnets.Select(static s => s.Gateway).OfType<AddressValue>().Distinct())
        {
            if (session.State.DescribeHolder(network.Parent, gateway) is null) continue;
            // A NIC that has ended routes nothing.
            _dead.ReleaseEnded(n => n.Parent == network.Parent && n.Addresses.Any(a => a.Value == gateway), out _);
            if (session.State.DescribeHolder(network.Parent, gateway) is not string router) continue;
            session.Warn($"The gateway {gateway} of '{network.Name}' is the address of {router}, which becomes the router of its NICs.");
        }
    }

    // In a pool that networks share, the gateway of a new one can be the address of a NIC that has ended.
    private void RecordNetwork(NetworkRecord network, Action<NetworkRecord> record)
    {
        _segments.Join(network);
        try
        {
            RecordHere(network, record);
        }
        catch
        {
            session.RollBack(() => _segments.Leave(network));
            throw;
        }
    }

    private void RecordHere(NetworkRecord network, Action<NetworkRecord> record)
    {
        while (true)
        {
            try
            {
                record(network);
                return;
            }
            catch (NetworkException e) when (e.Error == NetworkError.AddressInUse)
            {
                if (!_dead.Release(
                    n => n.Parent == network.Parent && n.Addresses.Any(a => network.Subnets.Any(s => s.Gateway == a.Value)),
                    out IReadOnlyList<ContainerNic> holders)) throw DeadNics.Explain(e, holders);
            }
        }
    }

    /// <summary>
    /// Removes a network, its NICs if requested, and its parent if that was created for networks and no other network
    /// uses it.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="disconnect">Whether to disconnect its NICs first.</param>
    /// <exception cref="NetworkException">NetworkInUse, naming the NICs.</exception>
    public void Remove(ContainerNetwork network, bool disconnect)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        CheckNoNics(network, disconnect);
        Release(network, disconnect);
        session.State.RemoveNetwork(network.Id);
        _parents.RemoveUnused(network.Parent);
    }

    /// <summary>Checks a name for networks.</summary>
    /// <exception cref="NetworkException">InvalidName.</exception>
    public static void CheckName(string name) => LinkName.CheckNetwork(name);

    /// <summary>
    /// Gives a network another name. Only the record changes: links and their aliases have the network's id, so nothing differs
    /// from the record afterwards.
    /// </summary>
    /// <returns>The network under its new name.</returns>
    /// <exception cref="NetworkException">InvalidName, NetworkExists or NetworkNotFound.</exception>
    public ContainerNetwork Rename(ContainerNetwork network, string name)
    {
        CheckName(name);
        using IDisposable topology = session.State.LockTopology();
        session.State.RenameNetwork(network.Id, name);
        return Find(name)!;
    }

    private void CheckNoNics(ContainerNetwork network, bool disconnect, string context = "")
    {
        if (disconnect) return;
        IReadOnlyList<ContainerNic> left = _dead.Separate(_nics.GetAll(network)).Others;
        if (left.Count == 0) return;
        throw new NetworkException(
            NetworkError.NetworkInUse,
            $"The network '{network.Name}' {context}has {Phrase.Count(left.Count, "NIC")}: {Phrase.NameSome([.. left.Select(DeadNics.Describe)])}.",
            $"Disconnect them first (Get-ContainerNic -Network {network.Name} | Disconnect-ContainerNic), or use -Force.");
    }

    private void Release(ContainerNetwork network, bool disconnect)
    {
        IReadOnlyList<ContainerNic> nics = _nics.GetAll(network);
        // Without -Force, a NIC that was connected since the check keeps the network.
        DisconnectPipeline.All(session, disconnect ? nics : _dead.Separate(nics).Ended);
        new HostAccesses(session).Disable(network);
    }
}
