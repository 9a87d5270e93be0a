using System.Globalization;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>
/// What the host itself has on a parent: the subnets of its addresses, and the gateways of its default routes. A network on that
/// parent mostly has the same.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="parents">The names of the parents; empty for all links that can be one.</param>
/// <param name="vlanIds">The ids of VLANs on the parents; empty for the parents themselves.</param>
public sealed class ParentAddresses(NetworkSession session, IReadOnlyList<string> parents, IReadOnlyList<string> vlanIds)
{
    private readonly VlanSubInterfaces _links = new(session);

    /// <summary>The subnets of the parents' addresses, each with the link and its address.</summary>
    public IEnumerable<(IPPrefix Subnet, string Link, InterfaceAddress Address)> GetSubnets() => Find()
        .SelectMany(l => _links.GetAddresses(l).Where(static a => !a.Address.IsIPv6LinkLocal).Select(a => (a.Subnet, l.Name, a)));

    /// <summary>The gateways of the default routes through the parents, each with the link.</summary>
    public IEnumerable<(AddressValue Gateway, string Link)> GetGateways()
    {
        ILookup<int, AddressValue> gateways = new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 }
            .SelectMany(session.Host.GetRoutes).Where(static r => r.Destination.PrefixLength == 0 && r.Gateway is not null)
            .ToLookup(static r => r.LinkIndex, static r => r.Gateway!);
        return Find().SelectMany(l => gateways[l.Index].Distinct().Select(g => (g, l.Name)));
    }

    private IEnumerable<Link> Find()
    {
        string[] tagged = vlanIds.Count == 0 ? [] : [.. _links.GetTags()
            .Where(t => parents.Contains(t.Parent) && vlanIds.Contains(t.VlanId.ToString(CultureInfo.InvariantCulture))).Select(static t => t.Name)];
        return _links.GetParents().Where(l => vlanIds.Count > 0 ? tagged.Contains(l.Name) : parents.Count == 0 || parents.Contains(l.Name));
    }
}
