using MacIpvlan.Containers;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan;

/// <summary>Finds the macvlan and ipvlan links of a parent in every namespace, whichever program created them.</summary>
internal sealed class SiblingLinks(NetworkSession session)
{
    /// <summary>The links on a parent of the host.</summary>
    /// <returns>Each link with the name of its namespace. Links in the host's namespace come first.</returns>
    public IReadOnlyList<SiblingLink> Find(Link parent)
    {
        using NamespaceHandle host = NamespaceHandle.OpenOwn();
        List<SiblingLink> found = [.. session.Host.GetLinks()
            .Where(l => !l.ParentIsForeign && IsOn(parent, l)).Select(l => new SiblingLink("host", host.Path, host.Identity, l))];
        foreach (NamespaceHandle target in NamespaceFinder.OpenAll())
        {
            using (target)
            {
                if (target.Identity != host.Identity) found.AddRange(TryLook(target, host, parent));
            }
        }

        return found;
    }

    private List<SiblingLink> TryLook(NamespaceHandle target, NamespaceHandle host, Link parent)
    {
        try
        {
            return session.Namespaces.Run(target, () => Look(target, host, parent));
        }
        catch (NetlinkException e) when (e.MissingPrivilege is not null)
        {
            // In a user namespace, the names of the host's namespaces can be visible, but it can't enter them.
            return [];
        }
    }

    private static List<SiblingLink> Look(NamespaceHandle target, NamespaceHandle host, Link parent)
    {
        using RouteSocket inside = RouteSocket.Open(target);
        // In a third namespace, another link can have the same index.
        int hostId = inside.GetNamespaceId(host);
        return [.. inside.GetLinks().Where(l => l.ParentNamespaceId == hostId && IsOn(parent, l))
            .Select(l => new SiblingLink(target.Name, target.Path, target.Identity, l))];
    }

    private static bool IsOn(Link parent, Link link) =>
        link.ParentIndex == parent.Index && link.Kind is MacvlanLink or IpvlanLink;
}

/// <summary>A macvlan or ipvlan link, and where it is.</summary>
internal sealed record SiblingLink(string NamespaceName, string NamespacePath, NamespaceIdentity Namespace, Link Link)
{
    /// <summary>Namespace and interface, such as web1/eth0.</summary>
    public override string ToString() => $"{NamespaceName}/{Link.Name}";
}
