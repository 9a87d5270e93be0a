using System.Diagnostics;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan;

/// <summary>
/// Finds the macvlan and ipvlan links on links of the host, in every namespace, whichever program created them.
/// </summary>
internal sealed class SiblingLinks(NetworkSession session)
{
    private static readonly TimeSpan s_validity = TimeSpan.FromSeconds(1);
    private readonly HashSet<NamespaceIdentity> _unreadable = [];
    private List<SiblingLink> _all = [];
    private HashSet<LinkPlace>? _recorded;
    private long? _found;

    /// <summary>The links on a parent of the host.</summary>
    /// <returns>Each link with the name of its namespace. Links in the host's namespace come first.</returns>
    public IReadOnlyList<SiblingLink> Find(Link parent)
    {
        // The links are usually needed for many NICs or networks at a time.
        if (_found is not long time || Stopwatch.GetElapsedTime(time) > s_validity)
        {
            _all = FindAll();
            _recorded = null;
            _found = Stopwatch.GetTimestamp();
        }

        return [.. _all.Where(s => s.Link.ParentIndex == parent.Index)];
    }

    /// <summary>The links on a parent of the host that aren't where a NIC is recorded.</summary>
    public IReadOnlyList<SiblingLink> FindUnrecorded(Link parent)
    {
        IReadOnlyList<SiblingLink> all = Find(parent);
        if (all.Count == 0) return all;
        // Read after the links, so that NICs that were created meanwhile are recorded.
        _recorded ??= [.. session.State.GetNics().Select(static n => new LinkPlace(n.Namespace, LinkMark.Index(n)))];
        return [.. all.Where(s => !_recorded.Contains(new(s.Namespace, s.Link.Index)))];
    }

    /// <summary>Looks for links anew, because something has changed.</summary>
    public void Forget() => _found = null;

    private List<SiblingLink> FindAll()
    {
        NamespaceHandle host = session.OwnNamespace;
        List<SiblingLink> found = [.. Read(session.Host, host).Where(static s => !s.Link.ParentIsForeign)];
        foreach (NamespaceHandle target in session.Finder.OpenAll())
        {
            using (target)
            {
                if (target.Identity != host.Identity) found.AddRange(TryLook(target, host));
            }
        }

        return found;
    }

    private SiblingLink[] TryLook(NamespaceHandle target, NamespaceHandle host)
    {
        try
        {
            return session.Namespaces.Run<SiblingLink[]>(target, () =>
            {
                using RouteSocket inside = RouteSocket.OpenToRead(target, session.ThrowIfStopping);
                SiblingLink[] links = [.. Read(inside, target).Where(static s => s.Link.ParentIsForeign)];
                if (links.Length == 0) return links;
                // In a third namespace, another link can have the same index.
                int hostId = inside.GetNamespaceId(host);
                return [.. links.Where(s => s.Link.ParentNamespaceId == hostId)];
            });
        }
        catch (NetlinkException e) when (e.MissingPrivilege is not null)
        {
            // In a user namespace, the names of the host's namespaces can be visible, but it can't enter them.
            return [];
        }
        catch (NetlinkException e)
        {
            // Namespaces of others can end, or be kept from answering.
            WarnOf(target, e.Message);
            return [];
        }
    }

    // The kernel selects by kind, so that a namespace with many other links costs little. Where it doesn't know a kind,
    // because no link of it was ever made, it ignores the request and returns all links.
    private IEnumerable<SiblingLink> Read(RouteSocket inside, NamespaceHandle target)
    {
        foreach (string kind in (string[])[MacvlanLink.KindName, IpvlanLink.KindName])
        {
            if (!inside.TryGetLinks(kind, out List<Link> links)) WarnOf(target, "its links change all the time");
            foreach (Link link in links.Where(l => l.KindName == kind)) yield return new SiblingLink(target.Name, target.Path, target.Identity, link);
        }
    }

    private void WarnOf(NamespaceHandle target, string reason)
    {
        if (_unreadable.Add(target.Identity)) session.Warn($"The links of {target.Name} can't all be read: {reason.TrimEnd('.')}.");
    }
}

/// <summary>A macvlan or ipvlan link, and where it is.</summary>
internal sealed record SiblingLink(string NamespaceName, string NamespacePath, NamespaceIdentity Namespace, Link Link)
{
    /// <summary>Namespace and interface, such as web1/eth0.</summary>
    public override string ToString() => $"{NamespaceName}/{Link.Name}";
}
