namespace MacIpvlan.Linux;

/// <summary>What tells a namespace apart from all others that exist (namespaces(7): device and inode of its file).</summary>
/// <param name="Device">The device number of nsfs.</param>
/// <param name="Inode">The inode number.</param>
public readonly record struct NamespaceIdentity(ulong Device, ulong Inode)
{
    /// <summary>It as readlink tells /proc/PID/ns/net, such as net:[4026531840].</summary>
    public override string ToString() => $"net:[{Inode}]";
}

/// <summary>
/// What tells a namespace apart from those that had its device and inode before: the kernel gives these numbers again.
/// </summary>
/// <param name="BootId">The id of the kernel's run.</param>
/// <param name="Cookie">The kernel's own number of the namespace, never given twice in a run; zero where it has none.</param>
public readonly record struct NamespaceBirth(string BootId, ulong Cookie);
