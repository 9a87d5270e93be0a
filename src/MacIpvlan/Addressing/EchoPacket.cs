using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace MacIpvlan.Addressing;

/// <summary>
/// Echo messages of ICMP (RFC 792) and ICMPv6 (RFC 4443) as raw sockets send and receive them. They begin with the ICMP
/// header, except that a packet received over IPv4 begins with the IP header.
/// </summary>
/// <param name="Family">The address family of both ends.</param>
/// <param name="Destination">The destination of the requests.</param>
/// <param name="Id">The identifier that distinguishes these requests from others.</param>
/// <param name="Payload">The payload of each request, which its reply must return.</param>
internal sealed record EchoPacket(AddressFamily Family, AddressValue Destination, ushort Id, ReadOnlyMemory<byte> Payload)
{
    private const int HeaderSize = 8;
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;

    private bool IsIPv4 => Family == AddressFamily.InterNetwork;

    /// <summary>
    /// Builds a request. The kernel fills in the checksum of ICMPv6, because only it knows the sender's address.
    /// </summary>
    public byte[] Request(ushort sequence)
    {
        byte[] message = new byte[HeaderSize + Payload.Length];
        message[0] = RequestType;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), Id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), sequence);
        Payload.Span.CopyTo(message.AsSpan(HeaderSize));
        if (IsIPv4) BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Of(message));
        return message;
    }

    /// <summary>Parses a reply to one of the requests.</summary>
    /// <param name="packet">The received packet; the kernel has verified the checksum of ICMPv6.</param>
    /// <param name="sender">The packet's source address.</param>
    /// <param name="sequence">The sequence number of the request that it answers.</param>
    /// <returns>False for any other packet.</returns>
    public bool TryReadReply(ReadOnlySpan<byte> packet, AddressValue sender, out ushort sequence)
    {
        sequence = 0;
        if (sender != Destination || !TryFindMessage(packet, out ReadOnlySpan<byte> message)) return false;
        byte reply = IsIPv4 ? (byte)0 : (byte)129;
        if (message.Length != HeaderSize + Payload.Length || message[0] != reply || message[1] != 0 || !IsOurs(message)
            || !message[HeaderSize..].SequenceEqual(Payload.Span)) return false;
        sequence = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        return true;
    }

    /// <summary>Parses an error that one of the requests caused.</summary>
    /// <param name="packet">The received packet; the kernel has verified the checksum of ICMPv6.</param>
    /// <param name="error">The error.</param>
    /// <returns>False for any other packet.</returns>
    public bool TryReadError(ReadOnlySpan<byte> packet, [NotNullWhen(true)] out IcmpError? error)
    {
        error = null;
        if (!TryFindMessage(packet, out ReadOnlySpan<byte> message) || message.Length < HeaderSize) return false;
        error = new(Family, message[0], message[1]);
        // An error quotes the request's IP header and at least eight bytes of its message.
        return error.IsError && TryFindInner(message[HeaderSize..], out ReadOnlySpan<byte> inner)
            && inner.Length >= HeaderSize && inner[0] == RequestType && inner[1] == 0 && IsOurs(inner);
    }

    private byte RequestType => IsIPv4 ? (byte)8 : (byte)128;

    private bool IsOurs(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == Id;

    private bool TryFindMessage(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> message)
    {
        message = packet;
        return !IsIPv4 ? packet.Length >= HeaderSize
            : IPv4Header.TrySkip(packet, Icmp, out message) && message.Length >= HeaderSize && InternetChecksum.Of(message) == 0;
    }

    private bool TryFindInner(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> message)
    {
        message = default;
        byte[] destination = Destination.ToBytes();
        if (IsIPv4) return IPv4Header.TrySkip(packet, Icmp, out message) && packet.Slice(16, 4).SequenceEqual(destination);
        if (packet.Length < NeighborPacket.IPv6HeaderSize || packet[0] >> 4 != 6 || packet[6] != Icmpv6
            || !packet.Slice(24, 16).SequenceEqual(destination)) return false;
        message = packet[NeighborPacket.IPv6HeaderSize..];
        return true;
    }
}
