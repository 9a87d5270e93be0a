using System.Buffers.Binary;
using MacIpvlan.Linux;
using MacIpvlan.Tests.Codec;
using Tmds.Linux;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Tests.Linux;

/// <summary>Which packets wake a DHCP client: the replies to it alone.</summary>
public sealed class DhcpFilterTests
{
    private const uint ToThisHost = 0;
    private const uint Broadcast = 1;
    private const uint ToAnotherHost = 3;

    public static TheoryData<string> Captured => [.. Captures.DhcpReplies.Keys];

    [Theory]
    [MemberData(nameof(Captured))]
    public void Reply_OfARealServerPasses(string name)
    {
        byte[] packet = Captures.DhcpReplies[name];
        Assert.True(Passes(packet, ToThisHost));
        Assert.True(Passes(packet, Broadcast));
        Assert.True(Passes([.. packet[..20], .. new byte[40], .. packet[20..]], Broadcast, headerSize: 60));
        Assert.False(Passes(packet, ToAnotherHost));
    }

    [Theory]
    [InlineData(9, 6, "TCP")]
    [InlineData(6, 0x20, "the first of several fragments")]
    [InlineData(7, 1, "a later fragment")]
    [InlineData(21, 68, "the port of the server")]
    [InlineData(23, 67, "the port of the client")]
    [InlineData(56, 0xff, "the front of the MAC address")]
    [InlineData(61, 0xff, "the end of the MAC address")]
    public void Packet_OfAnotherKindIsDropped(int offset, byte value, string what)
    {
        byte[] packet = [.. Captures.DhcpReplies["kea 2.2.0, DHCPACK"]];
        byte[] mac = packet[56..62];
        packet[offset] = value;
        Assert.False(Run(PacketFilter.DhcpReplies(mac), packet, Broadcast), what);
    }

    [Fact]
    public void Packet_ThatIsCutOffIsDropped()
    {
        byte[] packet = Captures.DhcpReplies["kea 2.2.0, DHCPACK"];
        for (int length = 0; length < 62; length++)
        {
            Assert.False(Run(PacketFilter.DhcpReplies(packet.AsSpan(56, 6)), packet[..length], Broadcast));
        }
    }

    [Fact]
    public void Request_OfAClientIsDropped() => Assert.False(Run(
        PacketFilter.DhcpReplies([2, 0, 0, 0, 0, 1]),
        DhcpPacket.Build(new DhcpMessage
        {
            Type = DhcpMessageType.Discover, TransactionId = 1, HardwareAddress = new([2, 0, 0, 0, 0, 1]),
        }.Write(), DhcpPacket.AnyAddress, DhcpPacket.BroadcastAddress),
        Broadcast));

    [Fact]
    public unsafe void Kernel_AcceptsTheFilter()
    {
        int fd = LibC.socket(LibC.AF_PACKET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        Assert.SkipWhen(fd < 0, "This needs CAP_NET_RAW.");
        using FileDescriptor socket = FileDescriptor.TryTake(fd, out _)!;
        PacketFilter.PassDhcpReplies(socket, [2, 0, 0, 0, 0, 1]);
    }

    private static bool Passes(byte[] packet, uint kind, int headerSize = 20)
    {
        byte[] copy = [.. packet];
        copy[0] = (byte)(0x40 | (headerSize / 4));
        return Run(PacketFilter.DhcpReplies(copy.AsSpan(headerSize + 8 + 28, 6)), copy, kind);
    }

    // The kernel's rules for these instructions: a load beyond the packet drops it.
    private static bool Run(sock_filter[] program, byte[] packet, uint kind)
    {
        uint a = 0, x = 0;
        for (int i = 0; ; i++)
        {
            sock_filter f = program[i];
            long at = f.code is BPF_LD_W_IND or BPF_LD_H_IND or BPF_LD_B_IND ? (long)f.k + x : f.k;
            int size = f.code switch
            {
                BPF_LD_W_ABS or BPF_LD_W_IND => 4,
                BPF_LD_H_ABS or BPF_LD_H_IND => 2,
                BPF_LD_B_ABS or BPF_LD_B_IND or BPF_LDX_MSH => 1,
                _ => 0,
            };
            bool isKind = f.code == BPF_LD_W_ABS && f.k == SKF_PKTTYPE;
            if (size > 0 && !isKind && at + size > packet.Length) return false;
            switch (f.code)
            {
                case BPF_RET: return f.k != 0;
                case BPF_JEQ: i += a == f.k ? f.jt : f.jf; break;
                case BPF_JSET: i += (a & f.k) != 0 ? f.jt : f.jf; break;
                case BPF_LDX_MSH: x = (uint)(packet[at] & 0xf) * 4; break;
                default:
                    a = isKind ? kind : size switch
                    {
                        4 => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan((int)at)),
                        2 => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan((int)at)),
                        _ => packet[at],
                    };
                    break;
            }
        }
    }
}
