using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>A named network namespace, as ip netns creates it: a bind mount under /run/netns.</summary>
/// <param name="Name">The name, cleaned for the screen (<see cref="PrintableText"/>), as is the path.</param>
/// <param name="Path">The path of the bind mount.</param>
public sealed record NetworkNamespace(string Name, string Path)
{
    /// <summary>The inode, as in the links under /proc/PID/ns and in lsns.</summary>
    public ulong Inode => Identity?.Inode ?? 0;

    /// <summary>The path as the file system has it.</summary>
    internal string MountPath { get; init; } = Path;

    /// <summary>The identity of the namespace; null for a stale file without one.</summary>
    internal NamespaceIdentity? Identity { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
