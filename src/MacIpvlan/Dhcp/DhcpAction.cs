using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>Something that a client wants done. Actions are done in their order.</summary>
public sealed record DhcpAction
{
    /// <summary>What to do.</summary>
    public required DhcpActionKind Kind { get; init; }

    /// <summary>The message to send; null if none is sent.</summary>
    public DhcpMessage? Message { get; init; }

    /// <summary>The source of the message: 0.0.0.0 while the client has no address.</summary>
    public AddressValue Source { get; init; } = DhcpPacket.AnyAddress;

    /// <summary>The destination of the message: 255.255.255.255, which is sent to ff:ff:ff:ff:ff:ff, or the server.</summary>
    public AddressValue Destination { get; init; } = DhcpPacket.BroadcastAddress;

    /// <summary>Whether the message is broadcast.</summary>
    public bool IsBroadcast => Destination == DhcpPacket.BroadcastAddress;

    /// <summary>The lease whose address is probed, or that the NIC has or had; null for a message.</summary>
    public DhcpLease? Lease { get; init; }

    /// <summary>The lease that a changed lease replaces; null otherwise.</summary>
    public DhcpLease? Previous { get; init; }

    /// <summary>The packet for a packet socket: <see cref="DhcpPacket.Build"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no message.</exception>
    public byte[] ToPacket() => DhcpPacket.Build(
        (Message ?? throw new InvalidOperationException($"{Kind} has no message.")).Write(), Source, Destination);
}
