using System.Buffers.Binary;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>
/// A DHCP message (RFC 2131 2): the fixed part that it has from BOOTP, and options. It has no IP and UDP headers; see
/// <see cref="DhcpPacket"/>.
/// </summary>
public sealed class DhcpMessage
{
    /// <summary>The size of the largest message that is read or written, in bytes: an Ethernet frame's.</summary>
    public const int MaxSize = 1500 - DhcpPacket.HeadersSize;

    private const int FixedSize = 236;
    private const int CookieSize = 4;

    // Relay agents and servers that know only BOOTP drop shorter messages (RFC 1542 2.1).
    private const int MinWrittenSize = 300;
    private const uint Cookie = 0x63825363;
    private const byte BootRequest = 1;
    private const byte BootReply = 2;
    private const byte Ethernet = 1;
    private const byte MacSize = 6;
    private const ushort BroadcastFlag = 0x8000;
    private const int ServerNameOffset = 44;
    private const int FileOffset = 108;

    /// <summary>The type of the message (option 53). A value without a name is the wire's.</summary>
    public required DhcpMessageType Type { get; init; }

    /// <summary>Whether a server sent it ('op').</summary>
    public bool IsReply { get; init; }

    /// <summary>The transaction id, which a reply has from its request ('xid').</summary>
    public required uint TransactionId { get; init; }

    /// <summary>The seconds since the client began to ask ('secs').</summary>
    public ushort Seconds { get; init; }

    /// <summary>Whether the client can receive replies only by broadcast ('flags').</summary>
    public bool IsBroadcast { get; init; }

    /// <summary>The address that the client has and answers ARP for; 0.0.0.0 if it has none ('ciaddr').</summary>
    public AddressValue ClientAddress { get; init; } = DhcpPacket.AnyAddress;

    /// <summary>The address that the server gives to the client ('yiaddr').</summary>
    public AddressValue YourAddress { get; init; } = DhcpPacket.AnyAddress;

    /// <summary>The client's MAC address, six bytes ('chaddr').</summary>
    public required PhysicalAddress HardwareAddress { get; init; }

    /// <summary>The options beside the message type.</summary>
    public DhcpOptions Options { get; init; } = new();

    /// <summary>The address that identifies the server (option 54); null if there is none.</summary>
    public AddressValue? Server => Options.Contains(DhcpOptionCode.ServerIdentifier)
        ? AddressValue.FromBytes(Options[DhcpOptionCode.ServerIdentifier])
        : null;

    /// <summary>Parses a message. A malformed message is refused as a whole.</summary>
    /// <param name="bytes">The message, which isn't trusted.</param>
    /// <param name="reason">Why the message is refused, as the end of a sentence; empty if it isn't.</param>
    /// <returns>Null if the message is malformed, or isn't a DHCP message of an Ethernet client.</returns>
    public static DhcpMessage? Parse(ReadOnlySpan<byte> bytes, out string reason)
    {
        DhcpOptions options = new();
        reason = CheckFixed(bytes) ?? ReadOptions(bytes, options) ?? CheckLengths(options) ?? "";
        if (reason.Length > 0) return null;
        return new()
        {
            Type = (DhcpMessageType)options[DhcpOptionCode.MessageType][0],
            IsReply = bytes[0] == BootReply,
            TransactionId = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            Seconds = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]),
            IsBroadcast = (BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]) & BroadcastFlag) != 0,
            ClientAddress = AddressValue.FromBytes(bytes.Slice(12, 4)),
            YourAddress = AddressValue.FromBytes(bytes.Slice(16, 4)),
            HardwareAddress = new(bytes.Slice(28, MacSize).ToArray()),
            Options = options,
        };
    }

    /// <summary>Writes the message, padded to the shortest that every server accepts.</summary>
    /// <exception cref="InvalidOperationException">The options don't fit into <see cref="MaxSize"/>.</exception>
    public byte[] Write()
    {
        DhcpOptions options = Options.Contains(DhcpOptionCode.MessageType) ? Options : WithType();
        int size = FixedSize + CookieSize + options.Size;
        if (size > MaxSize) throw new InvalidOperationException($"The DHCP message would have {size} bytes; the limit is {MaxSize}.");
        byte[] bytes = new byte[Math.Max(MinWrittenSize, size)];
        (bytes[0], bytes[1], bytes[2]) = (IsReply ? BootReply : BootRequest, Ethernet, MacSize);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), TransactionId);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), Seconds);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), IsBroadcast ? BroadcastFlag : (ushort)0);
        ClientAddress.ToBytes().CopyTo(bytes, 12);
        YourAddress.ToBytes().CopyTo(bytes, 16);
        HardwareAddress.GetAddressBytes().CopyTo(bytes, 28);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(FixedSize), Cookie);
        options.Write(bytes.AsSpan(FixedSize + CookieSize));
        return bytes;
    }

    // Some servers expect the type first.
    private DhcpOptions WithType()
    {
        DhcpOptions options = new();
        options.Add(DhcpOptionCode.MessageType, [(byte)Type]);
        foreach (byte code in Options.Codes) options.Add(code, Options[code]);
        return options;
    }

    private static string? CheckFixed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedSize + CookieSize) return "it's too short";
        if (bytes.Length > MaxSize) return "it's too long";
        if (bytes[0] is not (BootRequest or BootReply)) return "it's neither a request nor a reply";
        if (bytes[1] != Ethernet || bytes[2] != MacSize) return "it isn't for an Ethernet client";
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[FixedSize..]) == Cookie ? null : "it's BOOTP without DHCP's cookie";
    }

    // The options that were moved into 'file' follow the others, then those in 'sname' (RFC 3396 5).
    private static string? ReadOptions(ReadOnlySpan<byte> bytes, DhcpOptions options)
    {
        string? reason = options.Read(bytes[(FixedSize + CookieSize)..], out byte overload);
        // These fields can't be overloaded again.
        if (reason is null && (overload & 1) != 0) reason = options.Read(bytes[FileOffset..FixedSize], out _);
        if (reason is null && (overload & 2) != 0) reason = options.Read(bytes[ServerNameOffset..FileOffset], out _);
        // Without the overload, all options are in one field.
        return reason ?? (FixedSize + CookieSize + options.Size > MaxSize ? "it's too long" : null);
    }

    // The options that decide whose the message is and what it grants.
    private static string? CheckLengths(DhcpOptions options)
    {
        if (options[DhcpOptionCode.MessageType].Length != 1) return "it has no message type";
        foreach (byte code in (ReadOnlySpan<byte>)[
            DhcpOptionCode.SubnetMask, DhcpOptionCode.RequestedAddress, DhcpOptionCode.LeaseTime, DhcpOptionCode.ServerIdentifier])
        {
            if (options.Contains(code) && options[code].Length != 4) return "an address, mask or lease time isn't 4 bytes long";
        }

        return null;
    }
}
