using System.Buffers.Binary;
using MacIpvlan.Addressing;
using MacIpvlan.Tests.Codec;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>The headers around messages: those of real servers, and what is wrong with others.</summary>
public sealed class DhcpPacketTests
{
    private const string Kea = "kea 2.2.0, DHCPACK";
    private const string Dnsmasq = "dnsmasq 2.90, DHCPACK";

    [Fact]
    public void Packet_OfAClientWithoutAnAddressIsBroadcast()
    {
        byte[] packet = DhcpPacket.Build([1, 2, 3], DhcpPacket.AnyAddress, DhcpPacket.BroadcastAddress);

        // The checksums are calculated by hand (RFC 1071).
        Assert.Equal("4500001f0000000040117acf00000000ffffffff" + "00440043000bfb4f" + "010203", Convert.ToHexStringLower(packet));
    }

    [Fact]
    public void Packet_OfAClientWithAnAddressNamesBothEnds()
    {
        byte[] packet = DhcpPacket.Build(new byte[300], AddressValue.Parse("192.168.50.10"), AddressValue.Parse("192.168.50.1"));

        Assert.Equal("c0a8320ac0a83201", Convert.ToHexStringLower(packet[12..20]));
        Assert.Equal(0xffff, Sum(packet, 0, 20));
        Assert.Equal(0xffff, Sum(packet, 12, packet.Length, 17 + 308));
    }

    // A checksum that comes to zero is sent as ones; zero is the absence of one (RFC 768).
    [Fact]
    public void Checksum_IsNeverSentAsZero()
    {
        for (int i = 0; i <= ushort.MaxValue; i++)
        {
            byte[] packet = DhcpPacket.Build([(byte)(i >> 8), (byte)i], DhcpPacket.AnyAddress, DhcpPacket.BroadcastAddress);
            Assert.False(packet[26] == 0 && packet[27] == 0);
        }
    }

    public static TheoryData<string> Captured => [.. Captures.DhcpReplies.Keys];

    [Theory]
    [MemberData(nameof(Captured))]
    public void Message_IsFoundInThePacketsOfServers(string name)
    {
        byte[] packet = Captures.DhcpReplies[name];
        bool isReady = !name.StartsWith("dnsmasq", StringComparison.Ordinal);

        Assert.Equal(isReady, DhcpPacket.TryRead(packet, hasChecksum: true, out _));
        Assert.True(DhcpPacket.TryRead(packet, hasChecksum: isReady, out ReadOnlySpan<byte> message));
        Assert.Equal(packet.AsSpan(28), message);
    }

    [Fact]
    public void Message_EndsWhereTheHeadersSay()
    {
        byte[] packet = Captures.DhcpReplies[Kea];
        Assert.True(DhcpPacket.TryRead([.. packet, 0, 0, 0], hasChecksum: true, out ReadOnlySpan<byte> message));
        Assert.Equal(packet.Length - 28, message.Length);
    }

    [Fact]
    public void Header_CanHaveOptions()
    {
        byte[] packet = Captures.DhcpReplies[Kea];
        byte[] longer = [.. packet[..20], 1, 1, 1, 1, .. packet[20..]];
        longer[0] = 0x46;
        BinaryPrimitives.WriteUInt16BigEndian(longer.AsSpan(2), (ushort)longer.Length);
        Checksum(longer, 24);

        Assert.True(DhcpPacket.TryRead(longer, hasChecksum: true, out ReadOnlySpan<byte> message));
        Assert.Equal(packet.AsSpan(28), message);
    }

    [Fact]
    public void Checksum_CanBeAbsent()
    {
        byte[] packet = [.. Captures.DhcpReplies[Kea]];
        (packet[26], packet[27]) = (0, 0);
        Assert.True(DhcpPacket.TryRead(packet, hasChecksum: true, out _));
    }

    [Theory]
    [InlineData(0, "55", "the version")]
    [InlineData(0, "44", "a header of 16 bytes")]
    [InlineData(0, "4f", "a header with options that aren't there")]
    [InlineData(2, "001b", "a length without a whole UDP header")]
    [InlineData(2, "ffff", "a length of more than came")]
    [InlineData(6, "2000", "the first of several fragments")]
    [InlineData(6, "0001", "a later fragment")]
    [InlineData(9, "06", "TCP")]
    [InlineData(20, "0045", "the port of the server")]
    [InlineData(22, "0045", "the port of the client")]
    [InlineData(24, "0007", "a UDP length without its header")]
    [InlineData(24, "ffff", "a UDP length of more than came")]
    [InlineData(26, "1234", "the checksum")]
    [InlineData(60, "ff", "a byte of the message")]
    public void Packet_WithAnythingWrongIsNone(int offset, string hex, string what)
    {
        byte[] packet = [.. Captures.DhcpReplies[Kea]];
        Convert.FromHexString(hex).CopyTo(packet, offset);
        // Where the header's checksum isn't what is wrong, it's right.
        Checksum(packet, 20);

        Assert.False(DhcpPacket.TryRead(packet, hasChecksum: true, out _), what);
    }

    [Fact]
    public void Packet_WithAWrongChecksumOfItsHeaderIsNone()
    {
        byte[] packet = [.. Captures.DhcpReplies[Dnsmasq]];
        packet[10] ^= 1;
        // The kernel leaves only the checksum of UDP to the hardware.
        Assert.False(DhcpPacket.TryRead(packet, hasChecksum: false, out _));
    }

    [Fact]
    public void Packet_ThatIsCutOffIsNone()
    {
        byte[] packet = Captures.DhcpReplies[Kea];
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.False(DhcpPacket.TryRead(packet.AsSpan(0, length), hasChecksum: false, out _));
        }
    }

    private static void Checksum(byte[] packet, int headerSize)
    {
        (packet[10], packet[11]) = (0, 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~Sum(packet, 0, headerSize));
    }

    // RFC 1071, written down a second time.
    private static int Sum(byte[] packet, int from, int to, int sum = 0)
    {
        for (int i = from; i < to; i += 2) sum += (packet[i] << 8) + (i + 1 < to ? packet[i + 1] : 0);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return sum;
    }
}
