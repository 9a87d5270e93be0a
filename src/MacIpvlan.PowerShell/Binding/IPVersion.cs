namespace MacIpvlan.PowerShell;

/// <summary>The families of addresses.</summary>
public enum IPVersion : long
{
    /// <summary>32 bits.</summary>
    IPv4,

    /// <summary>128 bits.</summary>
    IPv6,
}
