using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan;

/// <summary>Looks up links of the host by name and by what they sit on.</summary>
/// <param name="all">All links, in the kernel's order.</param>
internal sealed class HostLinks(IReadOnlyCollection<Link> all)
{
    /// <summary>All links, in the kernel's order.</summary>
    public IReadOnlyCollection<Link> All => all;

    /// <summary>The link with this name or alternative name; null if it doesn't exist.</summary>
    public Link? Find(string name) => all.FirstOrDefault(l => l.IsNamed(name));

    /// <summary>The link that a sub-interface sits on; null if it isn't a sub-interface, or sits on a link of another namespace.</summary>
    public Link? Below(Link link) => link is { Kind: VlanLink, ParentIsForeign: false }
        ? all.FirstOrDefault(l => l.Index == link.ParentIndex)
        : null;

    /// <summary>The VLAN with this tag on a link, under any name; null if there is none. A link can have each VLAN id only once.</summary>
    public Link? FindVlan(Link parent, VlanLink tag) => all.FirstOrDefault(
        l => l.ParentIndex == parent.Index && !l.ParentIsForeign && l.Kind is VlanLink vlan && vlan.IsSameTag(tag));
}
