using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>
/// The routes of a reply: those of option 121 alone (RFC 3442), or without it those of options 33 and 3 (RFC 2132). The
/// order is one in which the kernel accepts them: routes on the link first.
/// </summary>
internal static class DhcpRoutes
{
    private const int AddressSize = 4;
    private const int AddressBits = 32;

    /// <summary>
    /// The routes, at most one for each destination: the first. Routes that the kernel would refuse or that lead to
    /// loopback or reserved addresses are left out. A next hop outside the subnet gets a route on the link.
    /// </summary>
    /// <param name="options">The options of the reply. A malformed option counts as missing.</param>
    /// <param name="address">The leased address.</param>
    public static IReadOnlyList<NetworkRoute> Of(DhcpOptions options, InterfaceAddress address)
    {
        List<NetworkRoute>? routes = ReadClassless(options[DhcpOptionCode.ClasslessStaticRoute], address);
        if (routes is null)
        {
            routes = [];
            ReadStatic(options[DhcpOptionCode.StaticRoute], address, routes);
            ReadRouters(options[DhcpOptionCode.Router], address, routes);
        }

        return InOrder(routes, address.Subnet);
    }

    // Null if there is no such option, or a malformed one.
    private static List<NetworkRoute>? ReadClassless(ReadOnlySpan<byte> value, InterfaceAddress address)
    {
        if (value.IsEmpty) return null;
        List<NetworkRoute> routes = [];
        Span<byte> destination = stackalloc byte[AddressSize];
        while (!value.IsEmpty)
        {
            int length = value[0], octets = (length + 7) / 8;
            if (length > AddressBits || value.Length < 1 + octets + AddressSize) return null;
            value.Slice(1, octets).CopyTo(destination);
            // Bits beyond the mask are zero in the route (RFC 3442, "Client Behavior"); here they can be the last one's.
            Add(routes, address, IPPrefix.Containing(AddressValue.FromBytes(destination), length), value.Slice(1 + octets, AddressSize));
            value = value[(1 + octets + AddressSize)..];
        }

        return routes;
    }

    private static void ReadStatic(ReadOnlySpan<byte> value, InterfaceAddress address, List<NetworkRoute> routes)
    {
        if (value.Length % (2 * AddressSize) != 0) return;
        for (; !value.IsEmpty; value = value[(2 * AddressSize)..])
        {
            AddressValue destination = AddressValue.FromBytes(value[..AddressSize]);
            // The default route isn't a legal destination here (RFC 2132 5.8).
            if (!destination.IsUnspecified) Add(routes, address, ClassOf(destination), value.Slice(AddressSize, AddressSize));
        }
    }

    // The routers are in the order of preference, and a NIC has one default route: that of the first that it can have.
    private static void ReadRouters(ReadOnlySpan<byte> value, InterfaceAddress address, List<NetworkRoute> routes)
    {
        if (value.Length % AddressSize != 0) return;
        for (; !value.IsEmpty; value = value[AddressSize..])
        {
            // 0.0.0.0 would be a route on the link, which this option doesn't have.
            if (value[0] != 0) Add(routes, address, IPPrefix.Containing(DhcpPacket.AnyAddress, 0), value[..AddressSize]);
        }
    }

    private static void Add(List<NetworkRoute> routes, InterfaceAddress address, IPPrefix destination, ReadOnlySpan<byte> router)
    {
        AddressValue hop = AddressValue.FromBytes(router);
        // Some servers name a host as the way to itself.
        bool isOnLink = hop.IsUnspecified || (destination.PrefixLength == AddressBits && destination.First == hop);
        if (!CanReach(destination, address.Value) || (isOnLink && destination == address.Subnet)) return;
        if (!isOnLink && !IsHost(hop, address.Subnet)) return;
        foreach (NetworkRoute route in routes)
        {
            if (route.Destination == destination) return;
        }

        routes.Add(new() { Destination = destination, NextHop = isOnLink ? null : new IPAddress(router) });
    }

    // Whether packets to the destination leave the host.
    private static bool CanReach(IPPrefix destination, AddressValue own)
    {
        if (destination.PrefixLength == AddressBits && destination.First == own) return false;
        foreach (IPPrefix space in AddressPool.Unassignable)
        {
            if (space.Contains(destination.First) && space.Contains(destination.Last)) return false;
        }

        return true;
    }

    private static bool IsHost(AddressValue address, IPPrefix subnet) =>
        AddressPool.IsAssignable(address) && (!subnet.Contains(address) || AddressPool.Usable(subnet).Contains(address));

    private static List<NetworkRoute> InOrder(List<NetworkRoute> routes, IPPrefix subnet)
    {
        List<NetworkRoute> ordered = [];
        foreach (NetworkRoute route in routes)
        {
            if (route.NextHop is null) ordered.Add(route);
        }

        // The kernel refuses a next hop that isn't on the link.
        foreach (NetworkRoute route in routes)
        {
            if (route.NextHop is not IPAddress hop || subnet.Contains(hop) || IsOnLink(ordered, hop)) continue;
            ordered.Add(new() { Destination = IPPrefix.Containing(AddressValue.From(hop), AddressBits) });
        }

        foreach (NetworkRoute route in routes)
        {
            // The route on the link to its next hop can have taken the place of a route through another next hop.
            if (route.NextHop is not null && !HasDestination(ordered, route.Destination)) ordered.Add(route);
        }

        return ordered;
    }

    private static bool IsOnLink(List<NetworkRoute> routes, IPAddress hop)
    {
        foreach (NetworkRoute route in routes)
        {
            if (route.NextHop is null && route.Destination.Contains(hop)) return true;
        }

        return false;
    }

    private static bool HasDestination(List<NetworkRoute> routes, IPPrefix destination)
    {
        foreach (NetworkRoute route in routes)
        {
            if (route.Destination == destination) return true;
        }

        return false;
    }

    // The destination has no mask: it's its class's, longer if the destination has bits beyond that.
    private static IPPrefix ClassOf(AddressValue destination)
    {
        int length = ClassLength(destination);
        while (length < AddressBits && destination.Lowest(length) != destination) length++;
        return IPPrefix.Containing(destination, length);
    }

    /// <summary>The prefix length of an address's class (RFC 791 3.2).</summary>
    public static int ClassLength(AddressValue address) => address.ToBytes()[0] switch
    {
        < 128 => 8,
        < 192 => 16,
        < 224 => 24,
        _ => AddressBits,
    };
}
