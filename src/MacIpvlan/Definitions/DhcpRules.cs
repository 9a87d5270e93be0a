using System.Net.Sockets;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan;

/// <summary>Checks the settings of networks whose addresses are assigned by DHCP.</summary>
internal static class DhcpRules
{
    /// <summary>Checks a request with DHCP. Without DHCP, everything is fine.</summary>
    /// <exception cref="NetworkException">InvalidParameter.</exception>
    public static void Check(NetworkRequest request)
    {
        if (request.Dhcp is null) return;
        CheckLink(request);
        CheckSubnets(request);
        if (request.Dhcp.FindWrong() is string reason) throw new NetworkException(
            NetworkError.InvalidParameter,
            $"The network's settings aren't valid: {reason}.",
            "Get-Help New-MacvlanNetwork -Parameter Dhcp* says which values there are.");
    }

    private static void CheckLink(NetworkRequest request)
    {
        if (request.Parent is null || (request.Internal && NetworkDefinition.IsDummyName(request.Parent.Link)))
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                "A network with DHCP needs a parent: without one, it's on a dummy link, where there is no DHCP server.",
                "Specify the link that leads to the DHCP server: -Parent eth0.");
        }

        if (request.NicKind is IpvlanLink { Mode: not IpvlanMode.L2 } ipvlan)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"A network in mode {ipvlan.Mode} can't use DHCP: DHCP needs broadcasts, and there are none in l3 modes.",
                "Use mode L2, or a subnet.");
        }
    }

    private static void CheckSubnets(NetworkRequest request)
    {
        string? setting =
            Find(NetworkSettings.Subnet, request.Subnets, static s => s.Family, static s => s.Typed)
            ?? Find(NetworkSettings.Gateway, request.Gateways, static g => g.Family, static g => g.Typed)
            ?? Find(NetworkSettings.IPRange, request.Ranges, static r => r.Family, static r => r.Typed)
            ?? Find(NetworkSettings.ExcludeAddress, request.Excluded, static r => r.Family, static r => r.Typed);
        if (setting is not null)
        {
            throw new NetworkException(
                NetworkError.InvalidParameter,
                $"{setting} can't be used with DHCP: the DHCP server assigns the network's IPv4 addresses.",
                "Specify IPv6 only, or omit -Dhcp. For addresses in case that no server answers, use -DhcpFallback.");
        }

        // The switch says something about IPv4 subnets, and there are none.
        if (!request.NoGateway) return;
        throw new NetworkException(
            NetworkError.InvalidParameter,
            "NoGateway can't be used with DHCP: the DHCP server says which router its subnet has.",
            "Use -NoDefaultRoute to ignore the router.");
    }

    private static string? Find<T>(string setting, IEnumerable<T> values, Func<T, AddressFamily> family, Func<T, string> text)
    {
        foreach (T value in values)
        {
            if (family(value) == AddressFamily.InterNetwork) return $"{setting} {text(value)}";
        }

        return null;
    }
}
