using System.Text;
using Tmds.Linux;

namespace MacIpvlan.Linux;

/// <summary>Settings under /proc/sys/net of the calling thread's network namespace.</summary>
internal static class Sysctl
{
    // An IPv6 address in full, and a line feed.
    private const int MaxLength = 40;

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
        using FileDescriptor? file = FileDescriptor.TryOpen(PathOf(family, link, key), LibC.O_RDONLY | LibC.O_NOFOLLOW, out _);
        if (file is null) return null;
        Span<byte> bytes = stackalloc byte[MaxLength];
        int length = file.Read(bytes, out _);
        return length < 0 ? null : Encoding.ASCII.GetString(bytes[..length]).TrimEnd();
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
    public static unsafe bool TrySet(string family, string link, string key, string value)
    {
        string path = PathOf(family, link, key);
        using FileDescriptor? file = FileDescriptor.TryOpen(path, LibC.O_WRONLY | LibC.O_NOFOLLOW, out int errno);
        if (file is null)
        {
            return errno == Errno.ENOENT ? false : throw new NetlinkException(
                "sysctl -w " + ShellWord.Quote($"{path}={value}"), errno, privilege: "CAP_NET_ADMIN in the user namespace that owns the network namespace");
        }

        Span<byte> bytes = stackalloc byte[MaxLength];
        int length = Encoding.ASCII.GetBytes(value, bytes);
        fixed (byte* p = bytes)
        {
            if (LibC.write(file.Value, p, length) == length) return true;
        }

        throw new NetlinkException("sysctl -w " + ShellWord.Quote($"{path}={value}"), Errno.Last);
    }

    private static string PathOf(string family, string link, string key) => $"/proc/sys/net/{family}/conf/{link}/{key}";
}
