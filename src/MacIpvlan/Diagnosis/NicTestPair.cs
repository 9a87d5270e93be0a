using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>One question of a test: a NIC that asks, and whom it asks for.</summary>
/// <param name="Source">The NIC that asks.</param>
/// <param name="Destination">What is asked for, as users call it.</param>
/// <param name="Address">The address that is asked for; null where there is none of a family that the source has.</param>
/// <param name="Target">The NIC that has the address, if one of ours does.</param>
public sealed record NicTestPair(ContainerNic Source, string Destination, AddressValue? Address, ContainerNic? Target)
{
    /// <summary>The address to ask from: of the subnet of the one that is asked for, else the first of its family.</summary>
    internal AddressValue? SourceAddress => Address is null ? null
        : Source.Addresses.Where(a => a.Subnet.Contains(Address.Value))
            .Concat(Source.Addresses.Where(a => a.Value.Family == Address.Value.Family))
            .Select(static a => (AddressValue?)a.Value).FirstOrDefault();

    /// <summary>From a NIC to each address of another one that is of a family which both have.</summary>
    public static IReadOnlyList<NicTestPair> Between(ContainerNic source, ContainerNic target)
    {
        NicTestPair[] pairs = [.. target.Addresses.Where(a => HasFamily(source, a.Value.Family))
            .Select(a => new NicTestPair(source, target.ToString(), a.Value, target))];
        return pairs.Length > 0 ? pairs : [new(source, target.ToString(), null, target)];
    }

    /// <summary>
    /// From each NIC of a network to each other one of that network, in both directions: firewalls know the difference.
    /// </summary>
    public static IEnumerable<NicTestPair> Full(IReadOnlyCollection<ContainerNic> nics) =>
        from source in nics
        from target in nics
        where source.Id != target.Id && source.NetworkRecord.Id == target.NetworkRecord.Id
        from pair in Between(source, target)
        select pair;

    /// <summary>From a NIC to the gateways of its network that are of a family which it has; none in the l3 modes.</summary>
    public static IReadOnlyList<NicTestPair> ToGateways(ContainerNic source) => NicRoutes.IsRouted(source.NetworkRecord) ? []
        : [.. source.NetworkRecord.Subnets
            .Where(s => s.Gateway is not null && source.Addresses.Any(a => s.Prefix.Contains(a.Value)))
            .Select(s => new NicTestPair(source, s.Gateway.ToString()!, s.Gateway, null))];

    /// <summary>From a NIC to an address, which may be that of another NIC.</summary>
    /// <param name="source">The NIC.</param>
    /// <param name="address">The address.</param>
    /// <param name="all">All NICs that there are.</param>
    public static NicTestPair To(ContainerNic source, AddressValue address, IEnumerable<ContainerNic> all) => new(
        source, address.ToString(), address,
        // On other parents, there may be the same addresses.
        all.Where(n => n.Addresses.Any(a => a.Value == address)).MinBy(n => n.Parent == source.Parent ? 0 : 1));

    /// <summary>Both, such as web1/eth0 to 10.1.0.1.</summary>
    public override string ToString() => $"{Source} to {Destination}";

    private static bool HasFamily(ContainerNic nic, AddressFamily family) => nic.Addresses.Any(a => a.Value.Family == family);
}
