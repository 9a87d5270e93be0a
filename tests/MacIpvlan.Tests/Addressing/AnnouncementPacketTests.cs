using System.Net.NetworkInformation;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Announcements, byte by byte those that the kernel sends itself.</summary>
public sealed class AnnouncementPacketTests
{
    private static readonly PhysicalAddress s_mac = new([0x02, 0x42, 0x0a, 0, 0, 2]);

    [Theory]
    // Linux 6.18, net.ipv4.conf.eth0.arp_notify=1: ip address add 192.168.50.2/24 dev eth0; ip link set dev eth0 up.
    [InlineData("192.168.50.2", "0001080006040001 02420a000002c0a83202000000000000c0a83202")]
    // The same with net.ipv6.conf.eth0.ndisc_notify=1: ip address add fd18::2/64 dev eth0 nodad.
    [InlineData(
        "fd18::2",
        "6000000000203aff fd180000000000000000000000000002 ff020000000000000000000000000001 8800502620000000"
        + "fd180000000000000000000000000002 020102420a000002")]
    public void Packet_IsWhatTheKernelSends(string address, string hex) =>
        Assert.Equal(
            hex.Replace(" ", ""), Convert.ToHexStringLower(AnnouncementPacket.For(AddressValue.Parse(address), s_mac)));

    [Theory]
    [InlineData("2001:db8::1", "020000000001")]
    // Sums with carries in both halves.
    [InlineData("ffff:ffff:ffff:fffe:ffff:ffff:ffff:fff1", "feffffffffff")]
    [InlineData("fe80::", "020000000000")]
    // One whose carries carry again.
    [InlineData("fdf5:e03:1e02:bcf9:cfa1:15bc:f6b1:1da5", "02ce5935394e")]
    public void Checksum_MakesTheWholeSumAllOnes(string address, string mac)
    {
        byte[] packet = AnnouncementPacket.For(AddressValue.Parse(address), PhysicalAddress.Parse(mac));

        // RFC 4443 2.3: a receiver adds the pseudo-header, with length and next header, and the message with its
        // checksum.
        uint sum = 32 + 58;
        for (int i = 8; i < packet.Length; i += 2) sum += (uint)((packet[i] << 8) + packet[i + 1]);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        Assert.Equal(0xffffu, sum);
    }
}
