namespace MacIpvlan.Linux;

/// <summary>What tells a namespace apart from all others that exist (namespaces(7): device and inode of its file).</summary>
/// <param name="Device">The device number of nsfs.</param>
/// <param name="Inode">The inode number.</param>
public readonly record struct NamespaceIdentity(ulong Device, ulong Inode);
