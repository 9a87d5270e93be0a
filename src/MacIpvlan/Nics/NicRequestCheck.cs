using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Checks whether a network can have a requested NIC.</summary>
internal static class NicRequestCheck
{
    /// <summary>Runs the checks that need neither the kernel's links nor the state.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidParameter, InvalidAddress or HostNamespace.</exception>
    public static void Check(NicRequest request)
    {
        NetworkRecord network = request.Network.Record;
        if (request.InterfaceName is not null) LinkName.Check(request.InterfaceName);
        CheckMtu(request.Mtu, network);
        if (request.MacAddress is not null) CheckMacAddress(request.MacAddress, network);
        if (request.HostName is not null) CheckHostName(request.HostName);
        if (request.InterfaceIdentifier is not null) NetworkDefinition.CheckIdentifier(request.InterfaceIdentifier, network.Name, network.NicKind, network.RouterAdvertisement);
        NetworkDefinition.CheckBandwidth(request.Bandwidth.Or(network.Bandwidth), network.NicKind);
        NicSysctl.InOrder(request.Sysctls);
        if (request.ProbeAddress == true) NetworkDefinition.CheckProbe(network.NicKind);
        if (!request.IsHost && NamespaceHandle.OwnIdentity == request.Target.Identity)
        {
            throw new NetworkException(
                NetworkError.HostNamespace,
                $"{request.Target.Name} is the host's own network namespace; NICs can't be connected to it.",
                "Specify a container with its own network namespace.");
        }

        foreach (AddressValue address in request.Addresses) CheckAddress(address, network);
        foreach (InterfaceAddress address in request.AddressesWithLength) CheckLength(address, network, request.IsHost);
        if (request.DefaultRoute == true) CheckDefaultRoute(network, request.NoAddress);
    }

    /// <summary>The addresses that a NIC needs: those specified and, as a rule, one of each other family of the network.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ofHost">The addresses that the host itself has.</param>
    public static IReadOnlyList<AddressDemand> Demands(NicRequest request, IReadOnlyCollection<AddressValue> ofHost)
    {
        if (request.NoAddress) return [];
        NetworkRecord network = request.Network.Record;
        List<AddressDemand> demands = [.. request.Addresses.Select(static a => new AddressDemand(a.Family, a))];
        if (request.HasOnlyThese) return demands;
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            bool has = network.Subnets.Any(s => s.Prefix.Family == family);
            if (has && demands.TrueForAll(d => d.Family != family)) demands.Add(new(family, null) { OfHost = ofHost });
        }

        return demands;
    }

    // The client would leave it out.
    private static void CheckHostName(string name)
    {
        if (DhcpNames.IsHostName(name)) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            $"'{name}' isn't a host name: it must have labels of up to 63 letters, digits and inner hyphens, with dots between them.",
            "Choose such a name, or omit -HostName to send that of the container.");
    }

    /// <summary>Checks that a NIC of a network can request an address.</summary>
    /// <exception cref="NetworkException">InvalidAddress, with the reason.</exception>
    public static void CheckAddress(AddressValue address, NetworkRecord network)
    {
        if (network.Addresses.IsDhcp(address.Family))
        {
            throw new NetworkException(
                NetworkError.InvalidAddress,
                $"The address {address.Typed} can't be requested on '{network.Name}': a DHCP server assigns its IPv4 addresses.",
                "Omit the address. To give a container the same address each time, reserve it on the DHCP server.");
        }

        SubnetRecord? subnet = network.Subnets.FirstOrDefault(s => s.Prefix.Contains(address));
        string? reason = subnet switch
        {
            null when network.Subnets.Count == 0 => $"isn't in any subnet of '{network.Name}', which has none",
            null => $"isn't in any subnet of '{network.Name}' ({string.Join(", ", network.Subnets.Select(static s => s.Prefix))})",
            _ when !AddressPool.Usable(subnet.Prefix).Contains(address) => $"can't be assigned to a NIC: it is reserved in {subnet.Prefix}",
            _ => null,
        };
        if (reason is not null) throw new NetworkException(NetworkError.InvalidAddress, $"The address {address.Typed} {reason}.");
    }

    /// <summary>Checks the prefix length that was specified with an address of a network's subnets.</summary>
    /// <exception cref="NetworkException">InvalidAddress: it isn't that of the subnet.</exception>
    public static void CheckLength(InterfaceAddress address, NetworkRecord network, bool isHost)
    {
        IPPrefix subnet = network.Subnets.Select(static s => s.Prefix).First(s => s.Contains(address.Value));
        // The host's address on a network isn't in a subnet of its own, and shows with its full length.
        if (address.PrefixLength == subnet.PrefixLength || (isHost && address.PrefixLength == address.Value.Bits)) return;
        throw new NetworkException(
            NetworkError.InvalidAddress,
            $"The address {address} doesn't agree with the subnet {subnet} of '{network.Name}': the prefix length there is "
            + $"{subnet.PrefixLength}, not {address.PrefixLength}.",
            $"Specify {address.Value} or {address.Value}/{subnet.PrefixLength}.");
    }

    /// <summary>Checks that a NIC of a network can have the default route.</summary>
    /// <exception cref="NetworkException">InvalidParameter, with the reason.</exception>
    public static void CheckDefaultRoute(NetworkRecord network, bool noAddress)
    {
        string? reason = network.Internal ? $"the network '{network.Name}' is internal"
            : noAddress ? "it has no address"
            : !NicRoutes.DefaultRouteFamilies(network).Any() ? $"the network '{network.Name}' has no gateway"
            : null;
        if (reason is null) return;
        throw new NetworkException(
            NetworkError.InvalidParameter, $"The NIC can't have the default route: {reason}.", "Omit -DefaultRoute.");
    }

    /// <summary>Checks that a NIC of a network can have an MTU.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckMtu(int? mtu, NetworkRecord network) => NetworkDefinition.CheckMtu(
        mtu, NetworkDefinition.HasIPv6(network.Subnets.Select(static s => s.Prefix), network.RouterAdvertisement), network.Dhcp is not null);

    /// <summary>Checks that a NIC of a network can have a MAC address.</summary>
    /// <exception cref="NetworkException">InvalidParameter, with the reason.</exception>
    public static void CheckMacAddress(PhysicalAddress address, NetworkRecord network)
    {
        byte[] bytes = address.GetAddressBytes();
        // With IFLA_ADDRESS, the kernel still gives a Passthru link its parent's (macvlan_common_newlink), and a later change is one of the parent.
        string? reason = !network.HasOwnMacAddresses() ? $"NICs of {(network.NicKind is IpvlanLink ? "an ipvlan network" : "a network in mode Passthru")} use that of their parent"
            : bytes.Length != 6 ? "it doesn't have six bytes"
            : (bytes[0] & 1) != 0 ? "it is a group address"
            : bytes.All(static b => b == 0) ? "it is all zeros"
            : null;
        if (reason is not null)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"A NIC can't have the MAC address {Link.Format(address)}: {reason}.",
                !network.HasOwnMacAddresses()
                    ? "Omit the MAC address, or use a macvlan network in another mode than Passthru."
                    : "Omit the MAC address, or use one of six bytes that begins with 02, such as 02:42:0a:01:00:02.");
        }
    }
}
