using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>A named network namespace, as ip netns creates it: a bind mount under /run/netns.</summary>
/// <param name="Name">The name.</param>
/// <param name="Path">The path of the bind mount.</param>
public sealed record NetworkNamespace(string Name, string Path)
{
    /// <summary>The inode, as in the links under /proc/PID/ns and in lsns.</summary>
    public ulong Inode => Identity.Inode;

    /// <summary>The identity of the namespace.</summary>
    internal NamespaceIdentity Identity { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
