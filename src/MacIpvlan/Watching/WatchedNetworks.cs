using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The recorded networks and NICs that are watched, and the owners of links.</summary>
/// <param name="networks">The networks.</param>
/// <param name="nics">Their NICs, including the host's own.</param>
/// <param name="version">The version of the state that they were read from.</param>
internal sealed class WatchedNetworks(IReadOnlyList<NetworkRecord> networks, IEnumerable<ContainerNic> nics, long version)
{
    // Keyed by the identity, which is recorded from the start. Several namespaces can have the same identity one after
    // another; which of them is meant is known only once the NIC has been created.
    private readonly ILookup<NamespaceIdentity, ContainerNic> _nics = nics.ToLookup(static n => n.Record.NamespaceKey.Identity);

    /// <summary>The version of the state that this was read from.</summary>
    public long Version { get; } = version;

    /// <summary>Reads the recorded state.</summary>
    public static WatchedNetworks Read(NetworkSession session, Func<string, bool> isWanted)
    {
        // The version is read first, so that a concurrent change is read again.
        long version = session.State.GetVersion();
        NetworkRecord[] networks = [.. session.State.GetNetworks().Where(n => isWanted(n.Name))];
        return new(networks, new ContainerNics(session).GetAllWithHost().Where(n => isWanted(n.Network)), version);
    }

    /// <summary>The NICs.</summary>
    public IReadOnlyCollection<ContainerNic> Nics => [.. _nics.SelectMany(static n => n)];

    /// <summary>One NIC for each namespace that has NICs, except the host's own.</summary>
    public IEnumerable<ContainerNic> OnePerNamespace => _nics.SelectMany(static n => n)
        .Where(static n => !n.Record.IsHost && n.Record.State != NicRecordState.Reserved).DistinctBy(static n => n.Record.NamespaceKey);

    /// <summary>Whether a namespace has NICs or may be getting one.</summary>
    public bool HasNics(NamespaceKey place) =>
        _nics[place.Identity].Any(n => n.Record.State == NicRecordState.Reserved || n.Record.NamespaceKey == place);

    /// <summary>Finds the owners of a namespace's links, by link index; links without an owner are left out.</summary>
    public Dictionary<int, LinkOwner> FindOwners(NamespaceKey place, IReadOnlyCollection<Link> links)
    {
        Dictionary<int, LinkOwner> owners = [];
        foreach (ContainerNic nic in _nics[place.Identity])
        {
            Link? link = links.FirstOrDefault(l => l.Index == LinkMark.Index(nic.Record)
                && l.KindName == nic.NetworkRecord.NicKind.Name && l.ParentIndex == nic.Record.ParentIndex);
            if (link is not null) owners[link.Index] = new(nic.Network, Named(nic, link));
        }

        if (place != NamespaceKey.Host) return owners;
        HostLinks host = new(links);
        foreach (NetworkRecord network in networks)
        {
            // A VLAN depends on the links below it, so those count as parents too.
            for (Link? link = host.Find(network.Parent); link is not null; link = host.Below(link))
            {
                owners[link.Index] = owners.TryGetValue(link.Index, out LinkOwner? other)
                    ? other with { Network = $"{other.Network}, {network.Name}" }
                    : new(network.Name, null);
            }
        }

        return owners;

        // While a NIC is being created, its name isn't recorded yet.
        static ContainerNic Named(ContainerNic nic, Link link) => nic.InterfaceName.Length > 0
            ? nic
            : new(nic.Record with { InterfaceName = link.Name, InterfaceIndex = link.Index, MacAddress = link.MacAddress }, nic.NetworkRecord);
    }
}

/// <summary>The owner of a link.</summary>
/// <param name="Network">The network, or the networks of a parent.</param>
/// <param name="Nic">The NIC; null for a parent.</param>
internal sealed record LinkOwner(string Network, ContainerNic? Nic);
