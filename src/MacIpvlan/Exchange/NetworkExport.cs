using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Turns networks, and the sub-interfaces that they sit on, back into the requests that create them.</summary>
public sealed class NetworkExport(NetworkSession session)
{
    /// <summary>Returns the requests, sorted by name.</summary>
    public IReadOnlyList<NetworkRequest> Read(IEnumerable<ContainerNetwork> networks)
    {
        IReadOnlyList<ParentLinkRecord> ours = session.State.GetParentLinks();
        HostLinks links = new(session.Host.GetLinks());
        return [.. networks.OrderBy(static n => n.Name, NaturalOrder.Comparer)
            .Select(n => NetworkRequest.For(n.Record) with { Vlans = Below(n.Parent, ours, links) })];
    }

    /// <summary>Adds the services of Compose whose containers have NICs on the networks.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="networks">Their networks, and others.</param>
    public IReadOnlyList<NetworkRequest> AddServices(IReadOnlyList<NetworkRequest> requests, IEnumerable<ContainerNetwork> networks)
    {
        Dictionary<string, NetworkRequest> known = requests.ToDictionary(static r => r.Name);
        NetworkRecord[] meant = [.. networks.Select(static n => n.Record).Where(n => known.ContainsKey(n.Name))];
        ILookup<string, ComposeService> services = new ExportedServices(meant, session.Warn).Find(session.State.GetNics());
        return [.. requests.Select(r => r with { Services = [.. services[r.Name]] })];
    }

    // For this module's own sub-interfaces, the record has the requested settings; for others, only the kernel can be
    // asked.
    private static ParentLinkRecord[] Below(string name, IReadOnlyList<ParentLinkRecord> ours, HostLinks links)
    {
        ParentLinkRecord? vlan = ours.FirstOrDefault(p => p.Name == name && p.Kind is VlanLink) ?? Describe(name, links);
        return vlan is null ? [] : [.. Below(vlan.Parent!, ours, links), vlan];
    }

    // The network can refer to a link by one of several names, so that name is kept.
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
