namespace MacIpvlan;

/// <summary>What NICs do with the router advertisements that they receive (RFC 4861, RFC 4862).</summary>
public enum RouterAdvertisement : long
{
    /// <summary>They take no address, no route and no other setting from them.</summary>
    Ignore,

    /// <summary>They configure addresses and routes from them, also if they forward packets themselves.</summary>
    Accept,
}
