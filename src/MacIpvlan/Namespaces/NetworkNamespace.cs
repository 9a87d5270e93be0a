using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>A named network namespace, as ip netns makes it: a bind mount under /run/netns.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">The path of the bind mount.</param>
public sealed record NetworkNamespace(string Name, string Path)
{
    /// <summary>Its inode, as in the links under /proc/PID/ns and in lsns.</summary>
    public ulong Inode => Identity.Inode;

    /// <summary>What tells it apart from others.</summary>
    internal NamespaceIdentity Identity { get; init; }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
