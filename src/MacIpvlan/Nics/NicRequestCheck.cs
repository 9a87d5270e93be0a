using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Which NICs a network can have.</summary>
internal static class NicRequestCheck
{
    /// <summary>Checks what can be checked without the kernel's links and without the state.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidParameter, InvalidAddress or HostNamespace.</exception>
    public static void Check(NicRequest request)
    {
        NetworkRecord network = request.Network.Record;
        if (request.InterfaceName is not null) LinkName.Check(request.InterfaceName);
        NetworkDefinition.CheckMtu(request.Mtu, network.Subnets.Select(static s => s.Prefix));
        if (request.MacAddress is not null) CheckMacAddress(request.MacAddress, network);
        if (request.ProbeAddress == true) NetworkDefinition.CheckProbe(network.NicKind);
        if (!request.IsHost && NamespaceHandle.OwnIdentity == request.Target.Identity)
        {
            throw new NetworkException(
                NetworkError.HostNamespace,
                $"{request.Target.Name} is the host's own network namespace, where NICs of networks do not belong.",
                "Name a container that has a network namespace of its own.");
        }

        foreach (AddressValue address in request.Addresses)
        {
            SubnetRecord? subnet = network.Subnets.FirstOrDefault(s => s.Prefix.Contains(address));
            string? reason = subnet switch
            {
                null => $"is in no subnet of '{network.Name}' ({string.Join(", ", network.Subnets.Select(static s => s.Prefix))})",
                _ when !AddressPool.Usable(subnet.Prefix).Contains(address) => $"is no address that a host may have in {subnet.Prefix}",
                _ => null,
            };
            if (reason is not null) throw new NetworkException(NetworkError.InvalidAddress, $"The address {address} {reason}.");
        }
    }

    /// <summary>The addresses that a NIC asks for: the given ones, and one of each family that has none given.</summary>
    public static IReadOnlyList<AddressDemand> Demands(NicRequest request)
    {
        if (request.NoAddress) return [];
        NetworkRecord network = request.Network.Record;
        List<AddressDemand> demands = [.. request.Addresses.Select(static a => new AddressDemand(a.Family, a))];
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            bool has = network.Subnets.Any(s => s.Prefix.Family == family);
            if (has && demands.TrueForAll(d => d.Family != family)) demands.Add(new(family, null));
        }

        return demands;
    }

    private static void CheckMacAddress(PhysicalAddress address, NetworkRecord network)
    {
        byte[] bytes = address.GetAddressBytes();
        string? reason = network.NicKind is IpvlanLink ? "NICs of an ipvlan network have that of their parent"
            : bytes.Length != 6 ? "it does not have six bytes"
            : (bytes[0] & 1) != 0 ? "it is a group address"
            : bytes.All(static b => b == 0) ? "it is all zero"
            : null;
        if (reason is not null)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter, $"The MAC address {Link.Format(address)} cannot be a NIC's: {reason}.");
        }
    }
}
