using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>The recorded NICs, with their states on record: <see cref="NicStates"/> has those in the kernel.</summary>
public sealed class ContainerNics(NetworkSession session)
{
    /// <summary>All NICs of containers, or those of one network, sorted by network, namespace and interface.</summary>
    public IReadOnlyList<ContainerNic> GetAll(ContainerNetwork? network = null) =>
        [.. GetAllWithHost(network).Where(static n => !n.Record.IsHost)
            .OrderBy(static n => n.Network, NaturalOrder.Comparer).ThenBy(static n => n.ToString(), NaturalOrder.Comparer)];

    /// <summary>The same NICs, with the routes that each has of those that several in its namespace want.</summary>
    /// <param name="nics">The NICs.</param>
    /// <param name="all">All NICs of containers, because a namespace can have NICs on several networks.</param>
    public static IReadOnlyList<ContainerNic> WithRoutes(IReadOnlyList<ContainerNic> nics, IReadOnlyList<ContainerNic> all)
    {
        Dictionary<NamespaceKey, Lazy<NamespaceRoutes>> routes = NamespaceRoutes.OfEach(all, static _ => null);
        return [.. nics.Select(n => new ContainerNic(n.Record, n.NetworkRecord, n.State)
        {
            Shared = routes.GetValueOrDefault(n.Record.NamespaceKey),
        })];
    }

    /// <summary>The NICs of containers and the host's own, of all networks or of one, in the order they were made.</summary>
    internal IReadOnlyList<ContainerNic> GetAllWithHost(ContainerNetwork? network = null)
    {
        Dictionary<string, NetworkRecord> networks = network is null
            ? session.State.GetNetworks().ToDictionary(static n => n.Id)
            : new() { [network.Id] = network.Record };
        // A network that was removed between the two reads had no NICs.
        return [.. session.State.GetNics(network?.Id).Where(n => networks.ContainsKey(n.NetworkId))
            .Select(n => new ContainerNic(n, networks[n.NetworkId]))];
    }

    /// <summary>The current state of a NIC's container.</summary>
    internal ContainerState StateOf(NicRecord nic)
    {
        using ContainerSighting sighting = NicHolder.Look(session, nic);
        return sighting.State;
    }
}
