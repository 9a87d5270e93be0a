using System.Text;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>What can be the name of an interface, a network or a namespace.</summary>
public static class LinkName
{
    private const int MaxBytes = Uapi.IFNAMSIZ - 1;
    // ALTIFNAMSIZ of linux/if.h with its closing zero byte.
    private const int MaxAlternativeBytes = 127;
    private const int MaxNetworkNameLength = 64;
    private const int MaxFileNameBytes = 255;

    /// <summary>
    /// Checks an interface's name: 1 to 15 bytes without '/', ':', white space (dev_valid_name of net/core/dev.c), and
    /// without '%', which the kernel would take for a pattern.
    /// </summary>
    /// <exception cref="NetworkException">InvalidName, with the reason.</exception>
    public static void Check(string name)
    {
        string? reason = name switch
        {
            "" => "it is empty",
            "." or ".." => "it means a folder",
            "all" or "default" => "the kernel keeps it for settings of all links",
            _ when Encoding.UTF8.GetByteCount(name) > MaxBytes =>
                $"it has {Encoding.UTF8.GetByteCount(name)} bytes, and the kernel takes {MaxBytes} at most",
            _ when name.Any(static c => c is '/' or ':' or '%' || char.IsWhiteSpace(c) || char.IsControl(c))
                // The kernel reads bytes as Latin-1, where this one is a space.
                || Encoding.UTF8.GetBytes(name).Contains((byte)0xa0) =>
                "it has a character that interface names cannot have ('/', ':', '%', white space)",
            _ => null,
        };
        if (reason is not null)
        {
            throw new NetworkException(NetworkError.InvalidName, $"'{name}' cannot be an interface's name: {reason}.");
        }
    }

    /// <summary>Whether a link can have the name, as its own or as an alternative one: others need not be looked up.</summary>
    public static bool CanExist(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= MaxAlternativeBytes && !name.Any(char.IsControl);

    /// <summary>Checks the name of a network: letters, digits, '_', '.', '-', the first a letter or digit, at most 64.</summary>
    /// <exception cref="NetworkException">InvalidName.</exception>
    public static void CheckNetwork(string name)
    {
        bool valid = name.Length is > 0 and <= MaxNetworkNameLength && char.IsAsciiLetterOrDigit(name[0])
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        if (!valid)
        {
            throw new NetworkException(
                NetworkError.InvalidName,
                $"'{name}' cannot be a network's name: letters, digits, '_', '.' and '-', starting with a letter or digit, "
                + $"{MaxNetworkNameLength} at most.");
        }
    }

    /// <summary>Checks the name of a namespace, which is a file under /run/netns.</summary>
    /// <exception cref="NetworkException">InvalidName.</exception>
    public static void CheckNamespace(string name)
    {
        bool valid = Encoding.UTF8.GetByteCount(name) is > 0 and <= MaxFileNameBytes && name is not "." and not ".."
            && !name.Any(static c => c == '/' || char.IsControl(c));
        if (!valid) throw new NetworkException(NetworkError.InvalidName, $"'{name}' cannot be a namespace's name.");
    }
}
