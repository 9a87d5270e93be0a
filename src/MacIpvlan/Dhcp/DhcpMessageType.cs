namespace MacIpvlan;

/// <summary>The type of a DHCP message (RFC 2132 9.6).</summary>
public enum DhcpMessageType
{
    /// <summary>A client looks for servers.</summary>
    Discover = 1,

    /// <summary>A server offers an address.</summary>
    Offer = 2,

    /// <summary>A client asks for an address, or for its lease to be renewed.</summary>
    Request = 3,

    /// <summary>A client refuses an address that another station has.</summary>
    Decline = 4,

    /// <summary>A server grants the lease.</summary>
    Ack = 5,

    /// <summary>A server refuses the request.</summary>
    Nak = 6,

    /// <summary>A client gives its address back.</summary>
    Release = 7,

    /// <summary>A client asks for options alone.</summary>
    Inform = 8,
}
