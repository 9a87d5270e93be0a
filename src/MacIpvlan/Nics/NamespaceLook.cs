using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan;

/// <summary>A look at the NICs of one namespace.</summary>
/// <param name="target">The namespace. The caller closes it.</param>
/// <param name="nics">The NICs.</param>
internal sealed class NamespaceLook(NamespaceHandle target, ContainerNic[] nics)
{
    public NamespaceHandle Target => target;

    public ContainerNic[] Nics => nics;

    /// <summary>What was seen of the NICs, in the same order; null if it's another namespace.</summary>
    public SeenNic[]? Seen { get; private set; }

    /// <summary>Whether this process may not look into the namespace, or programs there prevent it.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Enters the namespace and looks. Must run on a thread that no other code uses.</summary>
    /// <param name="links">Reads the states.</param>
    /// <param name="checkpoint">Called during long answers; throws to stop.</param>
    public void Run(NicLinkStates links, Action checkpoint)
    {
        try
        {
            NamespaceThreads.Enter(target);
            using RouteSocket inside = RouteSocket.OpenToRead(target, checkpoint);
            ulong cookie = nics[0].Record.NamespaceBirth.Cookie;
            // A later namespace can have the same number.
            if (cookie == 0 || cookie == inside.NamespaceCookie) Seen = links.Read(inside, nics, isOnHost: false);
        }
        catch (Exception e) when (e is NetlinkException or NetworkException)
        {
            IsClosed = true;
        }
    }
}
