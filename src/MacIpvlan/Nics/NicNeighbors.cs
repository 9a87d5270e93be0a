using MacIpvlan.Linux;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Finds the other NICs of a NIC's namespace, by the record.</summary>
internal sealed class NicNeighbors(NetworkSession session)
{
    /// <summary>The attached NICs of a namespace except one, in the order of creation.</summary>
    public IReadOnlyList<RoutedNic> Find(NicRecord nic)
    {
        NicRecord[] others = [.. session.State.GetNics(nic.Namespace).Where(n =>
            n.Id != nic.Id && !n.IsHost && n.IsMade && n.NamespaceBirth.BootId == nic.NamespaceBirth.BootId)];
        if (others.Length == 0) return [];
        Dictionary<string, NetworkRecord> networks = session.State.GetNetworks().ToDictionary(static n => n.Id);
        Dictionary<string, NicRecord?> hosts = others.Select(static n => n.NetworkId).Distinct().ToDictionary(static id => id, FindHost);
        return [.. others.Where(n => networks.ContainsKey(n.NetworkId)).Select(n => new RoutedNic(n, networks[n.NetworkId], hosts[n.NetworkId]))];
    }

    /// <summary>
    /// The host's access to a network; null if there is none. Read each time: another command may have enabled or disabled
    /// it meanwhile. That command then looks for NICs itself.
    /// </summary>
    public NicRecord? FindHost(string networkId) =>
        session.State.GetHostNic(networkId) is NicRecord { IsMade: true } host ? host : null;

    /// <summary>The NICs of one namespace, in the order of creation.</summary>
    public static RoutedNic[] InOrder(IEnumerable<RoutedNic> nics) => [.. nics.OrderBy(static n => n.Nic.Ordinal)];

    /// <summary>Those in a namespace with this cookie, because an earlier namespace can have had the same identity.</summary>
    public static IEnumerable<RoutedNic> In(IEnumerable<RoutedNic> nics, ulong cookie) =>
        nics.Where(n => n.Nic.NamespaceBirth == new NamespaceBirth(HostBoot.Id, cookie));
}
