using System.Buffers.Binary;
using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>Replies of a server: the usual one is a lease of 192.168.50.10/24 from 192.168.50.1 for an hour.</summary>
internal sealed class DhcpReply
{
    public static readonly PhysicalAddress Mac = new([2, 0, 0, 0, 0, 1]);
    private readonly Dictionary<byte, byte[]> _options = [];
    private readonly DhcpMessageType _type;

    public DhcpReply(DhcpMessageType type = DhcpMessageType.Ack)
    {
        _type = type;
        With(DhcpOptionCode.ServerIdentifier, "192.168.50.1");
        if (type == DhcpMessageType.Nak) return;
        Address = AddressValue.Parse("192.168.50.10");
        With(DhcpOptionCode.LeaseTime, 3600).With(DhcpOptionCode.SubnetMask, "255.255.255.0").With(DhcpOptionCode.Router, "192.168.50.1");
    }

    public AddressValue Address { get; init; } = DhcpPacket.AnyAddress;

    public uint TransactionId { get; init; }

    public PhysicalAddress HardwareAddress { get; init; } = Mac;

    public bool IsReply { get; init; } = true;

    public DhcpReply With(byte code, byte[] value)
    {
        _options[code] = value;
        return this;
    }

    public DhcpReply With(byte code, string hexOrAddresses) => With(code, hexOrAddresses.Contains('.')
        ? [.. hexOrAddresses.Split(' ').SelectMany(static a => AddressValue.Parse(a).ToBytes())]
        : Convert.FromHexString(hexOrAddresses.Replace(" ", "")));

    public DhcpReply With(byte code, uint seconds)
    {
        byte[] value = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, seconds);
        return With(code, value);
    }

    public DhcpReply Without(byte code)
    {
        _options.Remove(code);
        return this;
    }

    // By way of the wire.
    public DhcpMessage Message()
    {
        DhcpOptions options = new();
        foreach ((byte code, byte[] value) in _options) options.Add(code, value);
        DhcpMessage message = new()
        {
            Type = _type,
            IsReply = IsReply,
            TransactionId = TransactionId,
            YourAddress = Address,
            HardwareAddress = HardwareAddress,
            Options = options,
        };
        DhcpMessage? parsed = DhcpMessage.Parse(message.Write(), out string reason);
        Assert.True(parsed is not null, reason);
        return parsed;
    }

    public DhcpLease? Lease(out string reason) => DhcpLease.FromReply(Message(), [], out reason);

    public DhcpLease Lease()
    {
        DhcpLease? lease = Lease(out string reason);
        Assert.True(lease is not null, reason);
        Assert.Equal("", reason);
        return lease;
    }
}
