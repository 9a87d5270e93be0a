using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Linux;

/// <summary>What the kernel queues for a probe: packets that name its addresses, so that a flood of others loses no answer.</summary>
public sealed class PacketFilterTests
{
    private static readonly PhysicalAddress s_mac = new([2, 0, 0, 0, 0, 1]);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("10.9.8.7", "10.9.8.7", "10.9.8.1", true)]
    [InlineData("10.9.8.7", "10.9.8.1", "10.9.8.7", true)]
    [InlineData("10.9.8.7", "10.9.8.1", "10.9.8.2", false)]
    [InlineData("fd09::7", "fd09::1", "fd09::7", true)]
    [InlineData("fd09::7", "fd09::7", "fd09::1", false)]
    public void Packet_PassesIfItNamesAnAddress(string wanted, string sender, string target, bool passes)
    {
        AddressValue address = AddressValue.Parse(wanted);
        byte[] packet = NeighborPacket.Question(s_mac, AddressValue.Parse(sender), AddressValue.Parse(target));
        byte[] last = NeighborPacket.Question(new([2, 0, 0, 0, 0, 2]), AddressValue.Parse(sender), address);

        Assert.Equal(passes ? [packet, last] : [last], Receive(address, [packet, last]));
    }

    [Fact]
    public void Packet_OfAnotherProtocolOfIPv6DoesNotPass()
    {
        AddressValue address = AddressValue.Parse("fd09::7");
        byte[] discovery = NeighborPacket.Question(s_mac, AddressValue.Parse("fd09::1"), address);
        byte[] udp = [.. discovery];
        udp[6] = 17;

        Assert.Equal([discovery], Receive(address, [udp, discovery]));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Reply_ToTheRequestsOfOthersDoesNotPass(string text)
    {
        AddressValue address = AddressValue.Parse(text);
        using RouteSocket links = RouteSocket.Open();
        Link loopback = links.FindLink("lo")!;
        Assert.SkipWhen(!loopback.IsUp || PacketSocket.TryOpen() is null, "This needs CAP_NET_RAW, and the loopback link up.");
        using EchoSocket socket = new("lo", loopback.Index, address.ToBytes(), 4711), other = new("lo", loopback.Index, address.ToBytes(), 4712);
        EchoPacket mine = new(address.Family, address, 4711, new byte[8]), theirs = new(address.Family, address, 4712, new byte[8]);
        for (ushort i = 0; i < 100; i++) Assert.Equal(0, other.TrySend(address.ToBytes(), theirs.Request(i)));
        Assert.Equal(0, socket.TrySend(address.ToBytes(), mine.Request(1)));

        byte[] buffer = new byte[2048], sender = new byte[address.Bits / 8];
        socket.Wait(s_patience);
        int length = socket.TryReceive(buffer, sender);

        Assert.True(length > 0 && mine.TryReadReply(buffer.AsSpan(0, length), address, out _));
        Assert.Equal(-1, socket.TryReceive(buffer, sender));
    }

    // Sends packets over the loopback link, and returns those that the socket receives, up to the last one.
    private static List<byte[]> Receive(AddressValue address, byte[][] packets)
    {
        using RouteSocket links = RouteSocket.Open();
        Link loopback = links.FindLink("lo")!;
        using PacketSocket? socket = PacketSocket.TryOpen(), sender = PacketSocket.TryOpen();
        Assert.SkipWhen(!loopback.IsUp || socket is null, "This needs CAP_NET_RAW, and the loopback link up.");
        ushort etherType = PacketSocket.EtherTypeOf(address.Family);
        socket!.Listen(loopback.Index, etherType, [address.ToBytes()]);
        foreach (byte[] packet in packets) sender!.Send(loopback.Index, etherType, new byte[6], packet);

        List<byte[]> received = [];
        byte[] buffer = new byte[2048];
        while (received.Count == 0 || !received[^1].SequenceEqual(packets[^1]))
        {
            socket.Wait(s_patience);
            int length = socket.TryReceive(buffer);
            Assert.True(length >= 0);
            // The loopback link shows each packet twice: as sent and as received.
            if (!received.Any(r => r.AsSpan().SequenceEqual(buffer.AsSpan(0, length)))) received.Add(buffer[..length]);
        }

        return received;
    }
}
