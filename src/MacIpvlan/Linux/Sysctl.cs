namespace MacIpvlan.Linux;

/// <summary>Settings under /proc/sys/net of the calling thread's network namespace.</summary>
internal static class Sysctl
{
    /// <summary>What it takes to write a setting.</summary>
    public const string Privilege = "CAP_NET_ADMIN in the user namespace that owns the network namespace";

    /// <summary>The equivalent sysctl command, which has a slash for each dot in a link's name.</summary>
    public static string Command(string family, string link, string key, string value) =>
        "sysctl -w " + ShellWord.Quote($"net.{family}.conf.{link.Replace('.', '/')}.{key}={value}");

    /// <summary>
    /// Whether a link has settings of a family. It doesn't if the kernel lacks the family or the MTU is too small for
    /// it.
    /// </summary>
    public static bool Has(string family, string link) => Directory.Exists($"/proc/sys/net/{family}/conf/{link}");

    /// <summary>Reads a setting of a link.</summary>
    /// <returns>Null if it doesn't exist, or has no value.</returns>
    public static string? Read(string family, string link, string key)
    {
        using SysctlFolder? folder = SysctlFolder.TryOpen(FolderOf(family), link);
        return folder?.Read(key);
    }

    /// <summary>Writes a setting of a link.</summary>
    /// <param name="family">ipv4 or ipv6.</param>
    /// <param name="link">The link's name.</param>
    /// <param name="key">The setting.</param>
    /// <param name="value">Its value.</param>
    /// <returns>
    /// False if the setting doesn't exist because the kernel was built or started without the family.
    /// </returns>
    /// <exception cref="NetlinkException">The setting exists but can't be written.</exception>
    public static bool TrySet(string family, string link, string key, string value)
    {
        using SysctlFolder? folder = SysctlFolder.TryOpen(FolderOf(family), link);
        int errno = folder?.Write(key, value) ?? Errno.ENOENT;
        return errno is 0 or Errno.ENOENT ? errno == 0 : throw new NetlinkException(
            Command(family, link, key, value), errno, privilege: Privilege);
    }

    private static string FolderOf(string family) => $"{family}.conf";
}
