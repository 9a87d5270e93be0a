using System.Net.NetworkInformation;

namespace MacIpvlan;

/// <summary>What a client says of itself and asks for.</summary>
public sealed record DhcpClientSettings
{
    /// <summary>The NIC's MAC address, six bytes.</summary>
    public required PhysicalAddress HardwareAddress { get; init; }

    /// <summary>The client identifier, 2 to 255 bytes: <see cref="DhcpClientIdentifier"/>.</summary>
    public required IReadOnlyList<byte> ClientIdentifier { get; init; }

    /// <summary>
    /// Whether servers must broadcast their replies while the NIC has no address. An ipvlan link receives only packets to
    /// its own addresses and broadcasts; a macvlan link receives all packets to its MAC address.
    /// </summary>
    public bool NeedsBroadcast { get; init; }

    /// <summary>Whether an address is probed before it's used (RFC 2131 4.4.1, RFC 5227).</summary>
    public bool ProbesAddress { get; init; } = true;

    /// <summary>The host name to send; null or a text that isn't a host name (RFC 1123) for none.</summary>
    public string? HostName { get; init; }

    /// <summary>The vendor class to send, up to 255 bytes in UTF-8; null for none.</summary>
    public string? VendorClass { get; init; }

    /// <summary>
    /// The codes of options to request beside the usual ones, 1 to 254. Codes that the client uses itself are ignored.
    /// </summary>
    public IReadOnlyCollection<byte> OtherOptions { get; init; } = [];

    /// <summary>The size of the largest message that the client accepts, in bytes, at least 576 (RFC 2132 9.10).</summary>
    public int MaxMessageSize { get; init; } = DhcpMessage.MaxSize;
}
