namespace MacIpvlan.Linux;

/// <summary>Identifies a namespace among all that exist, by device and inode of its file (namespaces(7)).</summary>
/// <param name="Device">The device number of nsfs.</param>
/// <param name="Inode">The inode number.</param>
public sealed record NamespaceIdentity(ulong Device, ulong Inode)
{
    /// <summary>The identity as readlink shows it for /proc/PID/ns/net, such as net:[4026531840].</summary>
    public override string ToString() => $"net:[{Inode}]";
}

/// <summary>
/// Distinguishes a namespace from earlier ones with the same device and inode, because the kernel reuses these numbers.
/// </summary>
/// <param name="BootId">The boot id.</param>
/// <param name="Cookie">
/// The kernel's number of the namespace, not reused until reboot; zero if the kernel has no cookies.
/// </param>
public sealed record NamespaceBirth(string BootId, ulong Cookie);
