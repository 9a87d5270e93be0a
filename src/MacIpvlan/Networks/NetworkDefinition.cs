using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Makes the subnets of a request consistent, or says what is not; pure arithmetic.</summary>
internal static class NetworkDefinition
{
    private const int MinMtu = 68;
    private const int MinMtuIPv6 = 1280;
    private const int MaxMtu = 65535;

    /// <summary>The subnets with gateways, ranges and exclusions sorted to where they belong.</summary>
    /// <exception cref="NetworkException">InvalidName, InvalidParameter or InvalidAddress.</exception>
    public static IReadOnlyList<SubnetRecord> Check(NetworkRequest request)
    {
        LinkName.CheckNetwork(request.Name);
        CheckSubnets(request.Subnets);
        CheckMtu(request.Mtu, request.Subnets);
        foreach (AddressValue gateway in request.Gateways)
        {
            IPPrefix subnet = SubnetOf(request, AddressRange.Of(gateway), "gateway");
            if (!AddressPool.Usable(subnet).Contains(gateway))
            {
                throw Invalid($"The gateway {gateway} is not an address that a host may have in {subnet}.");
            }
        }

        foreach (AddressRange range in request.Ranges) SubnetOf(request, range, "IP range");
        foreach (AddressRange excluded in request.Excluded) SubnetOf(request, excluded, "excluded address");
        return [.. request.Subnets.Select(subnet => new SubnetRecord(
            subnet,
            GatewayOf(request, subnet),
            [.. request.Ranges.Where(r => r.IsWithin(subnet))],
            [.. request.Excluded.Where(r => r.IsWithin(subnet))]))];
    }

    /// <summary>Checks an MTU: IPv6 needs more than IPv4 (RFC 8200 5, RFC 791).</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void CheckMtu(int? mtu, IEnumerable<IPPrefix> subnets)
    {
        bool hasIPv6 = subnets.Any(static s => s.Family == AddressFamily.InterNetworkV6);
        int least = hasIPv6 ? MinMtuIPv6 : MinMtu;
        if (mtu < least || mtu > MaxMtu)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"The MTU of a network {(hasIPv6 ? "with" : "without")} IPv6 is {least} to {MaxMtu} bytes, not {mtu}.");
        }
    }

    private static void CheckSubnets(IReadOnlyList<IPPrefix> subnets)
    {
        if (subnets.Count == 0) throw new NetworkException(NetworkError.InvalidParameter, "A network needs a subnet.");
        for (int i = 0; i < subnets.Count; i++)
        {
            if (IsUnassignable(subnets[i])) throw Invalid($"Hosts cannot have addresses of {subnets[i]}.");
            IPPrefix? other = subnets.Take(i).Cast<IPPrefix?>().FirstOrDefault(s => s!.Value.Overlaps(subnets[i]));
            if (other is not null)
            {
                throw new NetworkException(NetworkError.SubnetOverlap, $"The subnets {other} and {subnets[i]} overlap.");
            }
        }
    }

    // Loopback, multicast and reserved space: RFC 6890.
    private static bool IsUnassignable(IPPrefix subnet) => (subnet.Family == AddressFamily.InterNetwork
        ? (string[])["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3"]
        : ["::/127", "ff00::/8"]).Any(space => IPPrefix.Parse(space).Overlaps(subnet));

    private static IPPrefix SubnetOf(NetworkRequest request, AddressRange range, string what)
    {
        foreach (IPPrefix subnet in request.Subnets)
        {
            if (range.IsWithin(subnet)) return subnet;
        }

        throw new NetworkException(
            NetworkError.InvalidAddress,
            $"The {what} {range} is in none of the subnets {string.Join(", ", request.Subnets)}.");
    }

    private static AddressValue? GatewayOf(NetworkRequest request, IPPrefix subnet)
    {
        AddressValue[] given = [.. request.Gateways.Where(subnet.Contains)];
        if (given.Length > 1) throw Invalid($"The subnet {subnet} has two gateways, {given[0]} and {given[1]}.");
        if (given.Length == 1) return given[0];
        // IPv6 routers announce themselves; a /32 has no second address to be one.
        bool takesFirst = subnet.Family == AddressFamily.InterNetwork && subnet.PrefixLength < 32 && !request.NoGateway;
        return takesFirst ? AddressPool.Usable(subnet).First : null;
    }

    private static NetworkException Invalid(string message) => new(NetworkError.InvalidAddress, message);
}
