using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Enables and disables the host's access to networks.</summary>
public sealed class HostAccesses(NetworkSession session)
{
    private readonly ConnectSteps _connector = new(session);
    private readonly RoutesToHost _routesToHost = new(session);

    /// <summary>
    /// Creates an interface of the network's kind on the host, with routes to the network's NICs and from them to the host's
    /// own addresses.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="addresses">The host's addresses on it; a family without one gets the lowest free address.</param>
    /// <param name="interfaceName">The interface's name; if null, it is derived from the network's id.</param>
    /// <param name="withLength">Those addresses that were specified with a prefix length.</param>
    /// <returns>The access. An existing one is returned if it has the addresses and the name.</returns>
    /// <exception cref="NetworkException">HostAccessUnsuitable, HostAccessExists, or as for any NIC.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; nothing is left behind.</exception>
    public HostAccess Enable(
        ContainerNetwork network,
        IReadOnlyList<AddressValue> addresses,
        string? interfaceName,
        IReadOnlyList<InterfaceAddress>? withLength = null)
    {
        session.Recover();
        Check(network);
        if (Find(network) is ContainerNic present)
        {
            bool isSame = addresses.All(a => present.Addresses.Any(p => p.Value == a))
                && (interfaceName is null || interfaceName == present.InterfaceName);
            return isSame ? new HostAccess(new NicStates(session).Find([present]).FirstOrDefault(present)) : throw new NetworkException(
                NetworkError.HostAccessExists,
                $"The host already has access to network '{network.Name}': {present.InterfaceName}, {present.IPAddress}.",
                $"Use this access, or first run Disable-HostAccess {network.Name}.");
        }

        using NamespaceHandle own = NamespaceHandle.OpenOwn();
        string prefix = network.Record.NicKind is MacvlanLink ? "hm-" : "hi-";
        ContainerNic made = _connector.Connect(new NicRequest
        {
            Network = network,
            Target = own,
            IsHost = true,
            InterfaceName = interfaceName ?? NetworkDefinition.OwnLinkName(prefix, network.Id),
            Addresses = addresses,
            AddressesWithLength = withLength ?? [],
        });
        _routesToHost.Change(null, made.Record);
        return new HostAccess(made);
    }

    /// <summary>Checks whether the host can have access to a network.</summary>
    /// <exception cref="NetworkException">HostAccessUnsuitable, with the reason.</exception>
    public static void Check(ContainerNetwork network)
    {
        string? reason = FindObstacle(network.Record);
        if (reason is null) return;
        throw new NetworkException(
            NetworkError.HostAccessUnsuitable,
            $"The host can't have access to network '{network.Name}': {reason}.",
            "Use a macvlan network of mode Bridge, or an ipvlan network without a flag, with a subnet.");
    }

    /// <summary>Why the host can't have access to a network, worded as a part of a sentence; null if it can.</summary>
    internal static string? FindObstacle(NetworkRecord network) => network.NicKind switch
    {
        MacvlanLink { Mode: MacvlanMode.Private } => "in mode Private, interfaces of the parent can't reach each other",
        MacvlanLink { Mode: MacvlanMode.Vepa } => "in mode Vepa, all traffic goes to the switch, even with an interface on the host",
        MacvlanLink { Mode: MacvlanMode.Passthru } => "in mode Passthru, the parent can have only one interface",
        MacvlanLink { Mode: MacvlanMode.Source } => "in mode Source, interfaces send only to the wire, not to each other",
        IpvlanLink { Flag: IpvlanFlag.Private } => "with flag Private, interfaces of the parent can't reach each other",
        IpvlanLink { Flag: IpvlanFlag.Vepa } => "with flag Vepa, all traffic goes to the switch, even with an interface on the host",
        _ when network.Dhcp is not null && network.Subnets.Count == 0 => "a DHCP server assigns its addresses, and it has no IPv6 subnet either",
        _ => null,
    };

    /// <summary>The host's access to networks, or to all networks.</summary>
    public IReadOnlyList<HostAccess> GetAll(IReadOnlyList<ContainerNetwork>? networks = null)
    {
        ContainerNics nics = new(session);
        IEnumerable<ContainerNic> all = networks is null ? nics.GetAllWithHost() : networks.SelectMany(nics.GetAllWithHost);
        ContainerNic[] found = [.. all.Where(static n => n.Record.IsHost).OrderBy(static n => n.Network, NaturalOrder.Comparer)];
        return [.. new NicStates(session).Look(found).Select(static n => new HostAccess(n))];
    }

    /// <summary>Removes the host's access to a network. Does nothing if the host has no access.</summary>
    /// <returns>The access that was removed; null if there was none.</returns>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public HostAccess? Disable(ContainerNetwork network)
    {
        session.Recover();
        if (Find(network) is not ContainerNic present) return null;
        DisconnectPipeline.All(session, [present]);
        return new HostAccess(present);
    }

    private ContainerNic? Find(ContainerNetwork network) =>
        session.State.GetHostNic(network.Id) is NicRecord nic ? new ContainerNic(nic, network.Record) : null;
}
