using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>Checks the names of interfaces, networks and namespaces.</summary>
public static class LinkName
{
    private const int MaxBytes = Uapi.IFNAMSIZ - 1;
    // ALTIFNAMSIZ of linux/if.h, without the terminating zero byte.
    private const int MaxAlternativeBytes = 127;
    private const int MaxNetworkNameLength = 64;
    private const int MaxFileNameBytes = 255;

    /// <summary>
    /// Checks an interface's name: 1 to 15 bytes without '/', ':' or white space (dev_valid_name of net/core/dev.c),
    /// and without '%', which the kernel would treat as a pattern.
    /// </summary>
    /// <exception cref="NetworkException">InvalidName.</exception>
    public static void Check(string name)
    {
        string? reason = name switch
        {
            "" => "it's empty",
            "." or ".." => "it's the name of a folder",
            "all" or "default" => "the kernel reserves it for settings of all links",
            _ when Encoding.UTF8.GetByteCount(name) > MaxBytes =>
                $"it has {Encoding.UTF8.GetByteCount(name)} bytes, and the limit is {MaxBytes}",
            _ when !PrintableText.Is(name) || name.Any(static c => c is '/' or ':' or '%' || char.IsWhiteSpace(c))
                // The kernel reads bytes as Latin-1, in which this byte is a space.
                || Encoding.UTF8.GetBytes(name).Contains((byte)0xa0) =>
                "it contains '/', ':', '%', white space or a character that can't be shown",
            _ => null,
        };
        if (reason is not null)
        {
            throw new NetworkException(
                NetworkError.InvalidName,
                $"'{name}' isn't a valid interface name: {reason}.",
                $"Use up to {MaxBytes} letters, digits, '.', '-' and '_', such as eth0.100.");
        }
    }

    /// <summary>Whether a link can have the name or alternative name. Other names needn't be looked up.</summary>
    public static bool CanExist(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxAlternativeBytes && !name.Any(char.IsControl);

    /// <summary>
    /// Checks a network's name: at most 64 letters, digits, '_', '.' and '-', beginning with a letter or digit.
    /// </summary>
    /// <exception cref="NetworkException">InvalidName.</exception>
    public static void CheckNetwork(string name)
    {
        bool valid = name.Length is > 0 and <= MaxNetworkNameLength && char.IsAsciiLetterOrDigit(name[0])
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        if (!valid)
        {
            throw new NetworkException(
                NetworkError.InvalidName,
                $"'{name}' isn't a valid network name. Use up to {MaxNetworkNameLength} letters, digits, '_', '.' and "
                + "'-', beginning with a letter or digit.",
                "Choose a name that follows this rule, such as web-1.");
        }
    }

    /// <summary>Checks the name of a namespace, which is a file under /run/netns.</summary>
    /// <exception cref="NetworkException">InvalidName.</exception>
    public static void CheckNamespace(string name)
    {
        bool valid = Encoding.UTF8.GetByteCount(name) is > 0 and <= MaxFileNameBytes && name is not "." and not ".."
            && PrintableText.Is(name) && !name.Contains('/');
        if (valid) return;
        throw new NetworkException(
            NetworkError.InvalidName,
            $"'{name}' isn't a valid namespace name.",
            $"Use up to {MaxFileNameBytes} bytes without '/' or control characters; for a path, use one that begins with '/'.");
    }
}
