namespace MacIpvlan.Linux;

/// <summary>Identifies a namespace for as long as the kernel runs, even after another one got its inode number.</summary>
/// <param name="Identity">The device and inode.</param>
/// <param name="Birth">Distinguishes it from others with this identity.</param>
public sealed record NamespaceKey(NamespaceIdentity Identity, NamespaceBirth Birth)
{
    /// <summary>The host's namespace.</summary>
    internal static NamespaceKey Host { get; } = new(new(0, 0), new("", 0));
}
