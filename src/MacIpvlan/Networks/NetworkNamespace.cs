using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>A named network namespace, as ip netns makes it: a bind mount under /run/netns.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">The path of the bind mount.</param>
/// <param name="Identity">What tells it apart from others.</param>
public sealed record NetworkNamespace(string Name, string Path, NamespaceIdentity Identity)
{
    /// <summary>Its inode, as in the links under /proc/PID/ns and in lsns.</summary>
    public ulong Inode => Identity.Inode;

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
