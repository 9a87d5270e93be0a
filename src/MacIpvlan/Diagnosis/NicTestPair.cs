using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>A NIC and a destination to test it with.</summary>
/// <param name="Source">The NIC that sends the requests.</param>
/// <param name="Destination">The destination, as shown to users.</param>
/// <param name="Address">The destination's address; null if it has none in an address family of the source.</param>
/// <param name="Target">The NIC with the address, if it is one of this module's NICs.</param>
public sealed record NicTestPair(ContainerNic Source, string Destination, AddressValue? Address, ContainerNic? Target)
{
    /// <summary>
    /// The address to send from: the one in the destination's subnet, or else the first one of its family.
    /// </summary>
    internal AddressValue? SourceAddress => Address is null ? null
        : Source.Addresses.Where(a => a.Subnet.Contains(Address))
            .Concat(Source.Addresses.Where(a => a.Value.Family == Address.Family))
            .Select(static a => a.Value).FirstOrDefault();

    /// <summary>Pairs a NIC with each address of another NIC in an address family that both have.</summary>
    public static IReadOnlyList<NicTestPair> Between(ContainerNic source, ContainerNic target)
    {
        NicTestPair[] pairs = [.. target.Addresses.Where(a => HasFamily(source, a.Value.Family))
            .Select(a => new NicTestPair(source, target.ToString(), a.Value, target))];
        return pairs.Length > 0 ? pairs : [new(source, target.ToString(), null, target)];
    }

    /// <summary>
    /// Pairs each NIC of a network with every other NIC of that network, in both directions, because firewalls can tell
    /// the directions apart.
    /// </summary>
    public static IEnumerable<NicTestPair> Full(IReadOnlyCollection<ContainerNic> nics) =>
        from source in nics
        from target in nics
        where source.Id != target.Id && source.NetworkRecord.Id == target.NetworkRecord.Id
        from pair in Between(source, target)
        select pair;

    /// <summary>
    /// Pairs a NIC with the gateways of its network in the NIC's address families, and with the router of its DHCP lease,
    /// except itself; empty in the l3 modes.
    /// </summary>
    public static IReadOnlyList<NicTestPair> ToGateways(ContainerNic source) => NicRoutes.IsRouted(source.NetworkRecord) ? []
        : [.. source.NetworkRecord.Subnets.Where(s => source.Addresses.Any(a => s.Prefix.Contains(a.Value))).Select(static s => s.Gateway)
            .Append(NicDhcp.RouterOf(source.Record)).OfType<AddressValue>().Where(g => source.Addresses.All(a => a.Value != g))
            .Select(g => new NicTestPair(source, g.ToString(), g, null))];

    /// <summary>Pairs a NIC with an address, which can be the address of another NIC.</summary>
    /// <param name="source">The NIC.</param>
    /// <param name="address">The address.</param>
    /// <param name="all">All recorded NICs.</param>
    public static NicTestPair To(ContainerNic source, AddressValue address, IEnumerable<ContainerNic> all) => new(
        source, address.ToString(), address,
        // The same address can exist on several parents.
        all.Where(n => n.Addresses.Any(a => a.Value == address)).MinBy(n => n.Parent == source.Parent ? 0 : 1));

    /// <summary>Both ends, such as web1/eth0 to 10.1.0.1.</summary>
    public override string ToString() => $"{Source} to {Destination}";

    private static bool HasFamily(ContainerNic nic, AddressFamily family) => nic.Addresses.Any(a => a.Value.Family == family);
}
