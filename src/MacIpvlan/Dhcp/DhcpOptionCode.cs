namespace MacIpvlan;

/// <summary>The codes of the options that the client sends or reads (RFC 2132, RFC 3397, RFC 3442).</summary>
public static class DhcpOptionCode
{
    /// <summary>Fills up a field; has no length.</summary>
    public const byte Pad = 0;

    /// <summary>The subnet mask, 4 bytes.</summary>
    public const byte SubnetMask = 1;

    /// <summary>The routers of the subnet, the preferred one first; 4 bytes each.</summary>
    public const byte Router = 3;

    /// <summary>DNS servers, the preferred one first; 4 bytes each.</summary>
    public const byte DomainNameServer = 6;

    /// <summary>The client's host name, with or without its domain.</summary>
    public const byte HostName = 12;

    /// <summary>The client's domain.</summary>
    public const byte DomainName = 15;

    /// <summary>The MTU in bytes, 2 bytes.</summary>
    public const byte InterfaceMtu = 26;

    /// <summary>The subnet's broadcast address, 4 bytes.</summary>
    public const byte BroadcastAddress = 28;

    /// <summary>Routes by classes: 4 bytes of destination and 4 bytes of router each.</summary>
    public const byte StaticRoute = 33;

    /// <summary>NTP servers, the preferred one first; 4 bytes each.</summary>
    public const byte NtpServers = 42;

    /// <summary>The address that the client asks for, 4 bytes.</summary>
    public const byte RequestedAddress = 50;

    /// <summary>The lease's duration in seconds, 4 bytes; 0xffffffff for a lease without an end.</summary>
    public const byte LeaseTime = 51;

    /// <summary>Which of the fields 'file' (1) and 'sname' (2) have options, 1 byte.</summary>
    public const byte Overload = 52;

    /// <summary>The type of the message, 1 byte: <see cref="DhcpMessageType"/>.</summary>
    public const byte MessageType = 53;

    /// <summary>The address that identifies the server, 4 bytes.</summary>
    public const byte ServerIdentifier = 54;

    /// <summary>The codes of the options that the client asks for.</summary>
    public const byte ParameterRequestList = 55;

    /// <summary>A text for people.</summary>
    public const byte Message = 56;

    /// <summary>The size of the largest message that the client accepts, 2 bytes.</summary>
    public const byte MaxMessageSize = 57;

    /// <summary>T1: when the client begins to renew, in seconds from the start of the lease, 4 bytes.</summary>
    public const byte RenewalTime = 58;

    /// <summary>T2: when the client begins to ask any server, in seconds from the start of the lease, 4 bytes.</summary>
    public const byte RebindingTime = 59;

    /// <summary>The vendor class of the client.</summary>
    public const byte VendorClass = 60;

    /// <summary>The client's identifier (RFC 4361).</summary>
    public const byte ClientIdentifier = 61;

    /// <summary>Domains to search for names (RFC 3397).</summary>
    public const byte DomainSearch = 119;

    /// <summary>Routes with prefix lengths (RFC 3442).</summary>
    public const byte ClasslessStaticRoute = 121;

    /// <summary>The end of a field's options; has no length.</summary>
    public const byte End = 255;
}
