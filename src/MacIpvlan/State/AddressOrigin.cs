using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>Where the addresses of a network's NICs come from, apart from those that routers advertise.</summary>
/// <param name="Dhcp">How IPv4 addresses are assigned by DHCP; null if they're from the subnets.</param>
/// <param name="Subnets">The subnets.</param>
public sealed record AddressOrigin(DhcpDefinition? Dhcp, IReadOnlyList<IPPrefix> Subnets)
{
    private const string DhcpText = "DHCP";

    /// <summary>Whether a DHCP server assigns the addresses of a family.</summary>
    public bool IsDhcp(AddressFamily family) => Dhcp is not null && family == AddressFamily.InterNetwork;

    /// <summary>Whether NICs get addresses of a family from the network's subnets.</summary>
    public bool HasSubnet(AddressFamily family) => Subnets.Any(s => s.Family == family);

    /// <summary>Whether NICs get addresses of a family.</summary>
    public bool Has(AddressFamily family) => IsDhcp(family) || HasSubnet(family);

    /// <summary>DHCP if a server assigns addresses, then the subnets, as messages, tables and pictures show them.</summary>
    public IReadOnlyList<string> Texts => [.. Dhcp is null ? [] : (string[])[DhcpText], .. Subnets.Select(static s => s.ToString())];
}
