using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Questions and answers, byte by byte those of the kernel at a ping between two ends of a veth pair.</summary>
public sealed class NeighborPacketTests
{
    private const string Reply = "0001080006040002 020000000002 0a010002 020000000001 0a010001";
    private const string Advertisement =
        "6000000000203aff fd180000000000000000000000000002 fd180000000000000000000000000001 88001c5260000000"
        + "fd180000000000000000000000000002 0201020000000002";
    private static readonly PhysicalAddress s_mac = new([2, 0, 0, 0, 0, 1]);

    [Theory]
    // Linux 6.18.
    [InlineData("10.1.0.1", "10.1.0.2", "0001080006040001 020000000001 0a010001 000000000000 0a010002")]
    // RFC 5227 1.1: a probe has no sender address.
    [InlineData("0.0.0.0", "10.1.0.2", "0001080006040001 020000000001 00000000 000000000000 0a010002")]
    public void ArpRequest_IsWhatTheKernelSends(string sender, string target, string hex) => Assert.Equal(
        hex.Replace(" ", ""),
        Convert.ToHexStringLower(NeighborPacket.ArpRequest(s_mac, AddressValue.Parse(sender), AddressValue.Parse(target))));

    [Fact]
    public void NeighborSolicitation_IsWhatTheKernelSends() => Assert.Equal(
        ("6000000000203aff fd180000000000000000000000000001 ff0200000000000000000001ff000002 87007d6700000000"
            + "fd180000000000000000000000000002 0101020000000001").Replace(" ", ""),
        Convert.ToHexStringLower(NeighborPacket.NeighborSolicitation(
            s_mac, AddressValue.Parse("fd18::1"), AddressValue.Parse("fd18::2"))));

    // Linux 6.18, net.ipv6.conf.all.enhanced_dad=0: ip address add fd18::abcd:1234/64 dev eth0.
    [Fact]
    public void NeighborSolicitation_WithoutASenderIsWhatTheKernelSendsBeforeItTakesAnAddress() => Assert.Equal(
        ("6000000000183aff 00000000000000000000000000000000 ff0200000000000000000001ffcd1234 8700ac8c00000000"
            + "fd1800000000000000000000abcd1234").Replace(" ", ""),
        Convert.ToHexStringLower(NeighborPacket.NeighborSolicitation(
            s_mac, AddressValue.Parse("::"), AddressValue.Parse("fd18::abcd:1234"))));

    [Fact]
    public void SolicitationMac_EndsAsTheAddressDoes() =>
        Assert.Equal("3333FFCD1234", NeighborPacket.SolicitationMac(AddressValue.Parse("fd18::abcd:1234")).ToString());

    [Theory]
    [InlineData("10.1.0.2", Reply)]
    // Padded to the shortest frame.
    [InlineData("10.1.0.2", Reply + "000000000000000000000000000000000000")]
    [InlineData("fd18::2", Advertisement)]
    // What follows the length that the header tells does not count.
    [InlineData("fd18::2", Advertisement + "ffff")]
    public void Answer_NamesTheMacAddress(string target, string hex)
    {
        Assert.True(NeighborPacket.TryReadAnswer(Bytes(hex), AddressValue.Parse(target), out PhysicalAddress mac));
        Assert.Equal("020000000002", mac.ToString());
    }

    [Theory]
    [InlineData("10.1.0.3", Reply)]
    [InlineData("fd18::3", Advertisement)]
    [InlineData("10.1.0.2", Advertisement)]
    [InlineData("fd18::2", Reply)]
    [InlineData("10.1.0.2", "")]
    [InlineData("fd18::2", "")]
    // A request, another hardware type, another length of addresses, RARP.
    [InlineData("10.1.0.2", "0001080006040001 020000000002 0a010002 020000000001 0a010001")]
    [InlineData("10.1.0.2", "0006080006040002 020000000002 0a010002 020000000001 0a010001")]
    [InlineData("10.1.0.2", "0001080008040002 020000000002 0a010002 020000000001 0a010001")]
    [InlineData("10.1.0.2", "0001080006040004 020000000002 0a010002 020000000001 0a010001")]
    public void OtherPackets_AreNoAnswer(string target, string hex) =>
        Assert.False(NeighborPacket.TryReadAnswer(Bytes(hex), AddressValue.Parse(target), out _));

    [Theory]
    [InlineData(0, "40", "the version")]
    [InlineData(4, "0000", "no length")]
    [InlineData(4, "0017", "a length without a whole target")]
    [InlineData(4, "0021", "a length of more than came")]
    [InlineData(6, "11", "the next header")]
    [InlineData(7, "fe", "the hop limit: a router has passed it on")]
    [InlineData(8, "ff", "a group as its sender")]
    [InlineData(40, "87", "a solicitation")]
    [InlineData(41, "01", "the code")]
    [InlineData(42, "1c53", "the checksum")]
    [InlineData(64, "01", "no address of the target's")]
    [InlineData(65, "00", "an option of no length")]
    [InlineData(65, "02", "an option of more than came")]
    public void Advertisement_ThatHasAnythingWrongIsNoAnswer(int offset, string hex, string what)
    {
        byte[] packet = Bytes(Advertisement);
        Bytes(hex).CopyTo(packet, offset);
        // Where the checksum is not what is wrong, it is right.
        if (offset != 42 && (packet[4] << 8) + packet[5] == 32) Checksum(packet);

        Assert.False(NeighborPacket.TryReadAnswer(packet, AddressValue.Parse("fd18::2"), out _), what);
    }

    [Theory]
    [InlineData(Reply, "10.1.0.2")]
    [InlineData(Advertisement, "fd18::2")]
    public void Answer_ThatIsCutOffIsNone(string hex, string target)
    {
        byte[] packet = Bytes(hex);
        for (int length = 0; length < packet.Length; length++)
        {
            Assert.False(NeighborPacket.TryReadAnswer(packet.AsSpan(0, length), AddressValue.Parse(target), out _));
        }
    }

    [Theory]
    [InlineData("10.1.0.2", Reply)]
    // A request of the owner, and its announcement (RFC 5227 2.3).
    [InlineData("10.1.0.2", "0001080006040001 020000000002 0a010002 000000000000 0a010009")]
    [InlineData("10.1.0.2", "0001080006040001 020000000002 0a010002 000000000000 0a010002")]
    // A probe of another: busybox arping -D -I eth0 10.1.0.2, which fills in a target that RFC 5227 leaves zero.
    [InlineData("10.1.0.2", "0001080006040001 020000000002 00000000 ffffffffffff 0a010002")]
    [InlineData("10.1.0.2", "0001080006040001 020000000002 00000000 000000000000 0a010002")]
    [InlineData("fd18::2", Advertisement)]
    public void Conflict_NamesTheMacAddressInThePacket(string target, string hex) =>
        Assert.Equal("020000000002", Conflict(Bytes(hex), target)?.ToString());

    [Theory]
    // Another's solicitation before it takes the address; the kernel's, with a nonce (RFC 7527) and without.
    [InlineData(
        "6000000000203aff 00000000000000000000000000000000 ff0200000000000000000001ffcd1234 8700b67300000000"
        + "fd1800000000000000000000abcd1234 0e019216459c105d")]
    [InlineData(
        "6000000000183aff 00000000000000000000000000000000 ff0200000000000000000001ffcd1234 8700ac8c00000000"
        + "fd1800000000000000000000abcd1234")]
    public void Conflict_NamesWhereThePacketCameFromIfItTellsNoMacAddress(string hex)
    {
        Assert.Equal("02000000AAAA", Conflict(Bytes(hex), "fd18::abcd:1234")?.ToString());
        Assert.Null(Conflict(Bytes(hex), "fd18::abcd:1235"));
    }

    [Fact]
    public void Conflict_MayBeAnAdvertisementWithoutItsOption()
    {
        byte[] packet = Bytes(Advertisement)[..64];
        packet[5] = 24;
        Checksum(packet);

        Assert.Equal("02000000AAAA", Conflict(packet, "fd18::2")?.ToString());
    }

    [Theory]
    [InlineData("10.1.0.3", Reply)]
    [InlineData("fd18::3", Advertisement)]
    [InlineData("10.1.0.2", Advertisement)]
    [InlineData("fd18::2", Reply)]
    [InlineData("10.1.0.2", "")]
    [InlineData("fd18::2", "")]
    // One who asks for the address, by ARP and by a solicitation: it has another.
    [InlineData("10.1.0.2", "0001080006040001 020000000002 0a010009 000000000000 0a010002")]
    [InlineData(
        "fd18::2",
        "6000000000203aff fd180000000000000000000000000001 ff0200000000000000000001ff000002 87007d6700000000"
        + "fd180000000000000000000000000002 0101020000000001")]
    // A reply without a sender, RARP.
    [InlineData("10.1.0.2", "0001080006040002 020000000002 00000000 000000000000 0a010002")]
    [InlineData("10.1.0.2", "0001080006040003 020000000002 0a010002 000000000000 0a010002")]
    public void Conflict_IsNoneInOtherPackets(string target, string hex) => Assert.Null(Conflict(Bytes(hex), target));

    [Theory]
    [InlineData(7, "fe")]
    [InlineData(42, "1c53")]
    [InlineData(41, "01")]
    public void Conflict_IsNoneInAnAdvertisementThatIsForged(int offset, string hex)
    {
        byte[] packet = Bytes(Advertisement);
        Bytes(hex).CopyTo(packet, offset);
        if (offset != 42) Checksum(packet);

        Assert.Null(Conflict(packet, "fd18::2"));
    }

    [Theory]
    [InlineData(Reply, "10.1.0.2")]
    [InlineData(Advertisement, "fd18::2")]
    public void Conflict_IsNoneInWhatIsCutOff(string hex, string target)
    {
        byte[] packet = Bytes(hex);
        for (int length = 0; length < packet.Length; length++) Assert.Null(Conflict(packet[..length], target));
    }

    private static PhysicalAddress? Conflict(byte[] packet, string target) => NeighborPacket.TryReadConflict(
        packet, AddressValue.Parse(target), new([2, 0, 0, 0, 0xaa, 0xaa]), out PhysicalAddress mac) ? mac : null;

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));

    private static void Checksum(byte[] packet)
    {
        (packet[42], packet[43]) = (0, 0);
        ushort checksum = (ushort)~SumOf(packet);
        (packet[42], packet[43]) = ((byte)(checksum >> 8), (byte)checksum);
    }

    // RFC 4443 2.3, written down a second time.
    private static uint SumOf(byte[] packet)
    {
        uint sum = 58 + (uint)(packet.Length - 40);
        for (int i = 8; i < packet.Length; i += 2) sum += (uint)((packet[i] << 8) + packet[i + 1]);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return sum;
    }
}
