using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan;

/// <summary>The links of the host, and how they are found among each other.</summary>
/// <param name="all">All of them, in the kernel's order.</param>
internal sealed class HostLinks(IReadOnlyCollection<Link> all)
{
    /// <summary>All of them, in the kernel's order.</summary>
    public IReadOnlyCollection<Link> All => all;

    /// <summary>The link of a name, which may be one of its alternative names; null if there is none.</summary>
    public Link? Find(string name) => all.FirstOrDefault(l => l.IsNamed(name));

    /// <summary>The link that a sub-interface sits on; null if it is none, or sits on a link of another namespace.</summary>
    public Link? Below(Link link) => link is { Kind: VlanLink, ParentIsForeign: false }
        ? all.FirstOrDefault(l => l.Index == link.ParentIndex)
        : null;
}
