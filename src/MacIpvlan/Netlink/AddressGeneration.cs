namespace MacIpvlan.Netlink;

/// <summary>
/// How the kernel makes the interface identifiers of a link's IPv6 addresses: the IN6_ADDR_GEN_MODE_ numbers of
/// include/uapi/linux/if_link.h.
/// </summary>
public enum AddressGeneration : byte
{
    /// <summary>From the MAC address.</summary>
    Eui64 = 0,

    /// <summary>Not at all: the link gets no link-local address.</summary>
    None = 1,

    /// <summary>From the setting stable_secret (RFC 7217).</summary>
    StablePrivacy = 2,

    /// <summary>From a secret that the kernel chooses when the link comes up.</summary>
    Random = 3,
}

/// <summary>The words of the ip command.</summary>
internal static class AddressGenerationText
{
    /// <summary>The word of the ip command for a mode.</summary>
    public static string Word(this AddressGeneration mode) => mode switch
    {
        AddressGeneration.Eui64 => "eui64",
        AddressGeneration.None => "none",
        AddressGeneration.StablePrivacy => "stable_secret",
        AddressGeneration.Random => "random",
        _ => $"{(byte)mode}",
    };
}
