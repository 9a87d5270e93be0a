using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Gives the host access to networks, and takes it away.</summary>
public sealed class HostAccesses(NetworkSession session)
{
    private readonly ConnectSteps _connector = new(session);

    /// <summary>Makes an interface of the network's kind on the host, with routes to the network's NICs.</summary>
    /// <param name="network">The network.</param>
    /// <param name="addresses">The host's addresses on it; a family without any gets the lowest free one.</param>
    /// <param name="interfaceName">The interface's name; made of the network's id when null.</param>
    /// <returns>The access, or the one that there is if it has the addresses.</returns>
    /// <exception cref="NetworkException">HostAccessUnsuitable, HostAccessExists, or as for any NIC.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; nothing is left behind.</exception>
    public HostAccess Enable(ContainerNetwork network, IReadOnlyList<AddressValue> addresses, string? interfaceName)
    {
        session.Recover();
        Check(network);
        if (Find(network) is ContainerNic present)
        {
            bool isSame = addresses.All(a => present.Addresses.Any(p => p.Value == a))
                && (interfaceName is null || interfaceName == present.InterfaceName);
            return isSame ? new HostAccess(present) : throw new NetworkException(
                NetworkError.HostAccessExists,
                $"The host has access to network '{network.Name}': {present.InterfaceName}, {present.IPAddress}.",
                $"Use it as it is, or take it away first: Disable-HostAccess {network.Name}.");
        }

        using NamespaceHandle own = NamespaceHandle.OpenOwn();
        string prefix = network.Record.NicKind is MacvlanLink ? "hm-" : "hi-";
        return new HostAccess(_connector.Connect(new NicRequest
        {
            Network = network,
            Target = own,
            IsHost = true,
            InterfaceName = interfaceName ?? NetworkDefinition.OwnLinkName(prefix, network.Id),
            Addresses = addresses,
        }));
    }

    /// <summary>Checks whether the host could have access to a network.</summary>
    /// <exception cref="NetworkException">HostAccessUnsuitable, with the reason.</exception>
    public static void Check(ContainerNetwork network)
    {
        string? reason = network.Record.NicKind switch
        {
            MacvlanLink { Mode: MacvlanMode.Private } => "in mode Private, no interface of the parent talks to another",
            MacvlanLink { Mode: MacvlanMode.Vepa } => "in mode Vepa, all goes to the switch, which an interface of the host's would not shorten",
            MacvlanLink { Mode: MacvlanMode.Passthru } => "in mode Passthru, the parent has one interface alone",
            MacvlanLink { Mode: MacvlanMode.Source } => "in mode Source, what interfaces send goes to the wire, and not to another one of the parent",
            IpvlanLink { Flag: IpvlanFlag.Private } => "with flag Private, no interface of the parent talks to another",
            IpvlanLink { Flag: IpvlanFlag.Vepa } => "with flag Vepa, all goes to the switch, which an interface of the host's would not shorten",
            _ => null,
        };
        if (reason is null) return;
        throw new NetworkException(
            NetworkError.HostAccessUnsuitable,
            $"The host cannot have access to network '{network.Name}': {reason}.",
            "Use a macvlan network of mode Bridge, or an ipvlan network without a flag.");
    }

    /// <summary>Takes the host's access to a network away; if there is none, that is so already.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    public void Disable(ContainerNetwork network)
    {
        session.Recover();
        if (Find(network) is ContainerNic present) DisconnectPipeline.All(session, [present]);
    }

    private ContainerNic? Find(ContainerNetwork network) =>
        session.State.GetHostNic(network.Id) is NicRecord nic ? new ContainerNic(nic, network.Record) : null;
}
