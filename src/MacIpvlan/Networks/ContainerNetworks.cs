using System.Security.Cryptography;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Makes, lists and removes networks.</summary>
public sealed class ContainerNetworks(NetworkSession session)
{
    private const int IdHexDigits = 64;
    internal const int IdDigitsInLinkName = 12;
    private readonly ParentLinks _parents = new(session);

    /// <summary>All networks, by name.</summary>
    public IReadOnlyList<ContainerNetwork> GetAll()
    {
        IReadOnlyDictionary<string, NetworkUsage> usage = session.State.GetUsage();
        Dictionary<string, NetworkState> states = [];
        // What was made between the two reads is not listed.
        return [.. session.State.GetNetworks().Where(n => usage.ContainsKey(n.Id))
            .Select(n => ContainerNetwork.From(n, usage[n.Id], StateOn(n.Parent)))];

        NetworkState StateOn(string parent)
        {
            if (!states.TryGetValue(parent, out NetworkState state)) states[parent] = state = _parents.GetState(parent);
            return state;
        }
    }

    /// <summary>Checks a request against the rules, the kernel and the networks that there are; makes nothing.</summary>
    /// <returns>What would be made, in words.</returns>
    /// <exception cref="NetworkException">The request cannot be carried out.</exception>
    public string Plan(NetworkRequest request) => MakePlan(request, static _ => { }).ToString();

    /// <summary>Makes a network, and its parent where that is a VLAN or a dummy that does not exist.</summary>
    /// <exception cref="NetworkException">The request cannot be carried out.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; nothing is left behind.</exception>
    public ContainerNetwork Create(NetworkRequest request)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        NetworkPlan plan = MakePlan(request, session.Warn);
        string parent = _parents.Ensure(plan.Parent, removedWithLastNetwork: true).Name;
        try
        {
            session.State.AddNetwork(plan.Network with { Parent = parent });
        }
        catch
        {
            session.RollBack(() => _parents.RemoveUnused(parent));
            throw;
        }

        return GetAll().First(n => n.Id == plan.Network.Id);
    }

    /// <summary>Removes a network, its NICs if forced to, and its parent if that was made for networks and has no other.</summary>
    /// <param name="network">The network.</param>
    /// <param name="disconnect">Whether NICs that it has are disconnected first.</param>
    /// <exception cref="NetworkException">NetworkInUse, naming the NICs.</exception>
    public void Remove(ContainerNetwork network, bool disconnect)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        ContainerNics nics = new(session);
        IReadOnlyList<ContainerNic> attached = nics.GetAll(network);
        if (attached.Count > 0 && !disconnect)
        {
            throw new NetworkException(
                NetworkError.NetworkInUse,
                $"The network '{network.Name}' has {Count(attached.Count, "NIC")}: {NameSome(attached)}.",
                $"Disconnect them first (Get-ContainerNic -Network {network.Name} | Disconnect-ContainerNic), or use -Force.");
        }

        NicDisconnections.All(session, attached);
        new HostAccesses(session).Disable(network);
        session.State.RemoveNetwork(network.Id);
        _parents.RemoveUnused(network.Parent);
    }

    internal static string NameSome<T>(IReadOnlyCollection<T> items)
    {
        const int Shown = 5;
        string names = string.Join(", ", items.Take(Shown));
        return items.Count > Shown ? $"{names} and {items.Count - Shown} more" : names;
    }

    internal static string Count(int count, string noun, string? plural = null) =>
        count == 1 ? $"1 {noun}" : $"{count} {plural ?? noun + "s"}";

    private NetworkPlan MakePlan(NetworkRequest request, Action<string> warn)
    {
        IReadOnlyList<SubnetRecord> subnets = NetworkDefinition.Check(request);
        IReadOnlyList<NetworkRecord> networks = session.State.GetNetworks();
        if (networks.Any(n => n.Name.Equals(request.Name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new NetworkException(
                NetworkError.NetworkExists,
                $"A network named '{request.Name}' exists.",
                "Choose another name, or remove that network first.");
        }

        string id = RandomNumberGenerator.GetHexString(IdHexDigits, lowercase: true);
        ParentPlan parent = request.IsIsolated ? PlanDummy(request, id) : _parents.Plan(request.Parent!);
        NetworkRecord network = new()
        {
            Id = id,
            Name = request.Name,
            NicKind = request.NicKind,
            Parent = parent.Name,
            Internal = request.IsIsolated,
            Mtu = request.Mtu,
            RouteMetric = request.RouteMetric,
            NoDefaultRoute = request.NoDefaultRoute,
            OnLinkGateway = request.OnLinkGateway,
            Routes = request.Routes,
            Probe = request.Probe,
            Subnets = subnets,
        };
        ParentLinks.CheckMtu(request.NicKind, request.Mtu, parent.Name, parent.KnownMtu, warn);
        ParentSharing.Check(network, networks.Where(n => n.Parent == parent.Name), warn);
        if (parent.Existing is not null) CheckForeignLinks(network, parent.Existing, warn);
        if (request.NicKind is MacvlanLink && _parents.IsWireless(parent))
        {
            warn($"{parent.Name} is wireless: an access point takes one MAC address from a station, so NICs with addresses of "
                + "their own reach nothing beyond it. An ipvlan network works there.");
        }

        if (request.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 } && request.Gateways.Count > 0)
        {
            warn($"The gateway of '{request.Name}' is kept free but not used: in l3 modes the default route leads out of "
                + "the NIC itself.");
        }

        return new(network, parent);
    }

    // The kernel switches the mode of all ipvlan links of a parent, and says nothing; of the rest it tells on connecting.
    private void CheckForeignLinks(NetworkRecord network, Link parent, Action<string> warn)
    {
        if (network.NicKind is not (IpvlanLink or MacvlanLink { Mode: MacvlanMode.Passthru })) return;
        HashSet<(NamespaceIdentity, int)> ours =
            [.. session.State.GetNics().Select(static n => (n.Namespace, n.InterfaceIndex))];
        ParentSharing.Check(
            network, new SiblingLinks(session).Find(parent).Where(s => !ours.Contains((s.Namespace, s.Link.Index))), warn);
    }

    private static ParentPlan PlanDummy(NetworkRequest request, string id)
    {
        string prefix = request.NicKind is MacvlanLink ? "dm-" : "di-";
        return new(prefix + id[..IdDigitsInLinkName]) { Kind = new DummyLink(), Mtu = request.Mtu };
    }

    private sealed record NetworkPlan(NetworkRecord Network, ParentPlan Parent)
    {
        public override string ToString() =>
            $"{Network.NicKind} on {Parent}, {string.Join(", ", Network.Subnets.Select(static s => s.Prefix))}";
    }
}
