using System.Buffers.Binary;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>The counters in answers that the kernel gave after some traffic, against what ip -s -s -j link showed at that moment.</summary>
public sealed class LinkStatisticsTests
{
    private const int Numbers = 24;

    [Fact]
    public void OfIpvlan_AreThoseThatIpShows() => Assert.Equal(
        new LinkStatistics
        {
            ReceivedBytes = 41890, ReceivedPackets = 45, ReceivedMulticastPackets = 3, ReceivedDiscardedPackets = 0, ReceivedPacketErrors = 0,
            SentBytes = 42420, SentPackets = 50, OutboundDiscardedPackets = 0, OutboundPacketErrors = 0,
        },
        Read("RTM_GETLINK, ipvlan after traffic, Linux 6.1"));

    // 18 of the packets that it sent didn't fit into the queue of its parent.
    [Fact]
    public void OfMacvlan_AreThoseThatIpShows() => Assert.Equal(
        new LinkStatistics
        {
            ReceivedBytes = 43806, ReceivedPackets = 43, ReceivedMulticastPackets = 0, ReceivedDiscardedPackets = 0, ReceivedPacketErrors = 0,
            SentBytes = 44322, SentPackets = 49, OutboundDiscardedPackets = 18, OutboundPacketErrors = 0,
        },
        Read("RTM_GETLINK, macvlan after traffic, Linux 6.18"));

    // struct rtnl_link_stats64 in linux/if_link.h: 24 numbers of 64 bits, and more on newer kernels.
    [Theory]
    [InlineData(Numbers)]
    [InlineData(Numbers + 1)]
    [InlineData(Numbers + 9)]
    public void Numbers_AreReadByTheirPlaceAndInFullWidth(int count)
    {
        LinkStatistics read = LinkStatistics.Parse(Bytes(count));

        Assert.Equal(
            new()
            {
                ReceivedPackets = Number(0), SentPackets = Number(1), ReceivedBytes = Number(2), SentBytes = Number(3), ReceivedPacketErrors = Number(4),
                OutboundPacketErrors = Number(5), ReceivedDiscardedPackets = Number(6), OutboundDiscardedPackets = Number(7), ReceivedMulticastPackets = Number(8),
            },
            read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData((Numbers * sizeof(ulong)) - 1)]
    public void FewerNumbers_AreMalformed(int length) =>
        Assert.Equal(Errno.EBADMSG, Assert.Throws<NetlinkException>(() => LinkStatistics.Parse(Bytes(Numbers).AsSpan(0, length))).Errno);

    private static LinkStatistics Read(string answer)
    {
        MessageReader reader = new(Captures.Answers[answer]);
        Assert.True(reader.TryRead(out Message message));
        return Link.Parse(message).Statistics!;
    }

    private static ulong Number(int place) => ulong.MaxValue - (ulong)place;

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count * sizeof(ulong)];
        for (int i = 0; i < count; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), Number(i));
        return bytes;
    }
}
