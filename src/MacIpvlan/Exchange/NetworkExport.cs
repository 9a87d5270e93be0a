using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Tells what to ask for to have networks again as they are, with the sub-interfaces that they sit on.</summary>
public sealed class NetworkExport(NetworkSession session)
{
    /// <summary>The requests, by name.</summary>
    public IReadOnlyList<NetworkRequest> Read(IEnumerable<ContainerNetwork> networks)
    {
        IReadOnlyList<ParentLinkRecord> ours = session.State.GetParentLinks();
        HostLinks links = new(session.Host.GetLinks());
        return [.. networks.OrderBy(static n => n.Name, StringComparer.OrdinalIgnoreCase)
            .Select(n => NetworkRequest.For(n.Record) with { Vlans = Below(n.Parent, ours, links) })];
    }

    // Of ours, the record tells what was asked for; of others', the kernel what there is.
    private static ParentLinkRecord[] Below(string name, IReadOnlyList<ParentLinkRecord> ours, HostLinks links)
    {
        ParentLinkRecord? vlan = ours.FirstOrDefault(p => p.Name == name && p.Kind is VlanLink) ?? Describe(name, links);
        return vlan is null ? [] : [.. Below(vlan.Parent!, ours, links), vlan];
    }

    // By the name that the network knows it by, which may be one of several.
    private static ParentLinkRecord? Describe(string name, HostLinks links) =>
        links.Find(name) is Link link && links.Below(link) is Link lower
            ? new()
            {
                Name = name,
                Kind = link.Kind!,
                Parent = lower.Name,
                Mtu = link.Mtu == lower.Mtu ? null : link.Mtu,
            }
            : null;
}
