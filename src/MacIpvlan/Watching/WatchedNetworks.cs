using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The networks that are watched and their NICs, as they are on record: whose a link is.</summary>
/// <param name="networks">The networks.</param>
/// <param name="nics">Their NICs, the host's own among them.</param>
/// <param name="version">The version of the record that they were read from.</param>
internal sealed class WatchedNetworks(IReadOnlyList<NetworkRecord> networks, IEnumerable<ContainerNic> nics, long version)
{
    // By what is on record from the first moment on. Which of several namespaces that had the same identity one after the
    // other it is, is known when the NIC has been made.
    private readonly ILookup<NamespaceIdentity, ContainerNic> _nics = nics.ToLookup(static n => WatchedPlace.Of(n).Identity);

    /// <summary>The version of the record that this was read from.</summary>
    public long Version { get; } = version;

    /// <summary>Reads what is on record.</summary>
    public static WatchedNetworks Read(NetworkSession session, Func<string, bool> isWanted)
    {
        // First: what is changed meanwhile is read again.
        long version = session.State.GetVersion();
        NetworkRecord[] networks = [.. session.State.GetNetworks().Where(n => isWanted(n.Name))];
        return new(networks, new ContainerNics(session).GetAllWithHost().Where(n => isWanted(n.Network)), version);
    }

    /// <summary>One NIC of each namespace that has some, the host's own left out.</summary>
    public IEnumerable<ContainerNic> OnePerNamespace => _nics.SelectMany(static n => n)
        .Where(static n => !n.Record.IsHost && n.Record.State != NicState.Reserved).DistinctBy(WatchedPlace.Of);

    /// <summary>Whether a namespace has NICs, or may have.</summary>
    public bool HasNics(WatchedPlace place) =>
        _nics[place.Identity].Any(n => n.Record.State == NicState.Reserved || WatchedPlace.Of(n) == place);

    /// <summary>Whose the links of a namespace are, by their indexes; those of nobody are left out.</summary>
    public Dictionary<int, LinkOwner> FindOwners(WatchedPlace place, IReadOnlyCollection<Link> links)
    {
        Dictionary<int, LinkOwner> owners = [];
        foreach (ContainerNic nic in _nics[place.Identity])
        {
            Link? link = links.FirstOrDefault(l => LinkMark.Is(l, nic.NetworkRecord, nic.Record));
            if (link is not null) owners[link.Index] = new(nic.Network, Named(nic, link));
        }

        if (place != WatchedPlace.Host) return owners;
        HostLinks host = new(links);
        foreach (NetworkRecord network in networks)
        {
            // A VLAN is no better than what it sits on.
            for (Link? link = host.Find(network.Parent); link is not null; link = host.Below(link))
            {
                owners[link.Index] = owners.TryGetValue(link.Index, out LinkOwner? other)
                    ? other with { Network = $"{other.Network}, {network.Name}" }
                    : new(network.Name, null);
            }
        }

        return owners;

        // While it is being made, the record does not tell yet what it is called.
        static ContainerNic Named(ContainerNic nic, Link link) => nic.InterfaceName.Length > 0
            ? nic
            : new(nic.Record with { InterfaceName = link.Name, InterfaceIndex = link.Index, MacAddress = link.MacAddress }, nic.NetworkRecord);
    }
}

/// <summary>Whose a link is.</summary>
/// <param name="Network">The network, or those of a parent.</param>
/// <param name="Nic">The NIC; null for a parent.</param>
internal sealed record LinkOwner(string Network, ContainerNic? Nic);

/// <summary>Which namespace it is, for as long as the kernel runs.</summary>
internal readonly record struct WatchedPlace(NamespaceIdentity Identity, NamespaceBirth Birth)
{
    /// <summary>The host's own.</summary>
    public static WatchedPlace Host => default;

    /// <summary>That of a NIC.</summary>
    public static WatchedPlace Of(ContainerNic nic) => nic.Record.IsHost ? Host : new(nic.Record.Namespace, nic.Record.NamespaceBirth);
}
