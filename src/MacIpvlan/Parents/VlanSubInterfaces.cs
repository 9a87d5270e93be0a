using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>Creates, lists and removes VLAN sub-interfaces of the host.</summary>
public sealed class VlanSubInterfaces(NetworkSession session)
{
    private readonly ParentPlanner _planner = new(session);
    private readonly ParentLinks _parents = new(session);

    /// <summary>All VLAN sub-interfaces of the host, also those of other programs, sorted by name.</summary>
    public IReadOnlyList<VlanSubInterface> GetAll()
    {
        HostLinks links = new(session.Host.GetLinks());
        // The name on record, by index; a VLAN can have another name now.
        Dictionary<int, string> owned = _parents.FindAll(links);
        ILookup<string, string> networks = session.State.GetNetworks().ToLookup(static n => n.Parent, static n => n.Name);
        return [.. links.All.Where(static l => l.Kind is VlanLink)
            .OrderBy(static l => l.Name, NaturalOrder.Comparer).Select(l => Describe(l, (VlanLink)l.Kind!))];

        VlanSubInterface Describe(Link link, VlanLink tag) => new()
        {
            Name = link.Name,
            Parent = links.Below(link)?.Name ?? "",
            VlanId = tag.VlanId,
            Protocol = tag.Protocol,
            Mtu = link.Mtu,
            MacAddress = Link.Format(link.MacAddress),
            ReorderHeader = tag.ReorderHeader == true,
            Gvrp = tag.Gvrp == true,
            Mvrp = tag.Mvrp == true,
            LooseBinding = tag.LooseBinding == true,
            EgressPriorityMap = new(tag.EgressPriorityMap.Select(VlanLink.FormatEntry)),
            IngressPriorityMap = new(tag.IngressPriorityMap.Select(VlanLink.FormatEntry)),
            IsUp = link.IsUp,
            IsOwned = owned.ContainsKey(link.Index),
            Networks = new(networks[link.Name].Union(networks[owned.GetValueOrDefault(link.Index, link.Name)])),
            Index = link.Index,
        };
    }

    /// <summary>The links of the host that can be parents, those that are up first.</summary>
    public IReadOnlyList<Link> GetParents() => [.. session.Host.GetLinks()
        .Where(static l => !l.IsLoopback && l.Kind is not (MacvlanLink or IpvlanLink) && l.MasterIndex == 0)
        .OrderByDescending(static l => l.IsUp).ThenBy(static l => l.Name, NaturalOrder.Comparer)];

    /// <summary>The existing VLAN ids, each with its link and that link's parent. Queries only the kernel.</summary>
    public IReadOnlyList<(int VlanId, string Name, string Parent)> GetTags()
    {
        HostLinks links = new(session.Host.GetLinks());
        return [.. links.All.Where(static l => l.Kind is VlanLink).OrderBy(static l => l.Name, NaturalOrder.Comparer)
            .Select(l => (((VlanLink)l.Kind!).VlanId, l.Name, links.Below(l)?.Name ?? ""))];
    }

    /// <summary>The addresses of a link of the host.</summary>
    public IReadOnlyList<InterfaceAddress> GetAddresses(Link link) => [.. session.Host.GetAddresses(link).Select(static a => a.Address)];

    /// <summary>Creates a sub-interface, sets it up, and records it.</summary>
    /// <param name="parent">The link that it sits on.</param>
    /// <param name="kind">The tag and the settings.</param>
    /// <param name="name">Its name; null for LINK.ID.</param>
    /// <param name="mtu">Its MTU in bytes; null for the parent's.</param>
    /// <exception cref="NetworkException">The parent is unsuitable, or the sub-interface exists.</exception>
    /// <exception cref="NetlinkException">The kernel refused a step; nothing is left behind.</exception>
    public VlanSubInterface Add(string parent, VlanLink kind, string? name, int? mtu)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        VlanDefinition.CheckPriorities(kind);
        ParentPlan lower = _planner.Plan(ParentReference.Parse(parent));
        ParentPlan plan = _planner.PlanVlan(lower, kind, name, mtu) with { RemovedWithLastNetwork = false };
        if (plan.Existing is not null)
        {
            throw new NetworkException(
                NetworkError.SubInterfaceExists,
                $"VLAN {kind.VlanId} already exists on {parent}, as {plan.Name}.",
                "Use the existing sub-interface; a parent can have each VLAN id only once.");
        }

        _parents.Ensure(plan, static _ => { });
        return GetAll().First(v => v.Name == plan.Name);
    }

    /// <summary>Removes a sub-interface that carries no networks or links.</summary>
    /// <param name="vlan">The sub-interface.</param>
    /// <param name="force">Whether to remove it even if this module didn't create it.</param>
    /// <exception cref="NetworkException">SubInterfaceInUse, with the reason.</exception>
    public void Remove(VlanSubInterface vlan, bool force)
    {
        session.Recover();
        using IDisposable topology = session.State.LockTopology();
        ParentLinkRecord? record = session.State.GetParentLinks().FirstOrDefault(p => _parents.FindLink(p)?.Index == vlan.Index) ?? _parents.Find(vlan.Name);
        // A sub-interface that was created for what sat on it was removed together with that.
        if (record is null && session.Host.FindLink(vlan.Index) is null) return;
        string? reason = vlan.Networks.Count > 0 ? $"it carries {string.Join(", ", vlan.Networks)}"
            : session.Host.GetLinks().FirstOrDefault(l => l.ParentIndex == vlan.Index && !l.ParentIsForeign) is Link upper
                ? $"{upper.Name} sits on it"
            : record is null && !force ? "this module didn't create it"
            : null;
        if (reason is not null)
        {
            throw new NetworkException(
                NetworkError.SubInterfaceInUse,
                $"{vlan.Name} can't be removed: {reason}.",
                record is null && !force ? "Use -Force if nothing else needs it." : "Remove what sits on it first.");
        }

        _parents.Remove(record ?? new ParentLinkRecord
        {
            Name = vlan.Name,
            Kind = new VlanLink(vlan.VlanId, vlan.Protocol),
        });
    }
}
