namespace MacIpvlan;

/// <summary>Whether an IPv6 address can be used: the IFA_F_ flags of include/uapi/linux/if_addr.h.</summary>
public enum AddressState : long
{
    /// <summary>It is used for new connections.</summary>
    Preferred,

    /// <summary>Its preferred lifetime is over. It is used only for connections that have it.</summary>
    Deprecated,

    /// <summary>
    /// The kernel is asking whether someone else has it (duplicate address detection), and then removes it.
    /// </summary>
    Tentative,
}
