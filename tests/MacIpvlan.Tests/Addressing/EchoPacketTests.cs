using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Echo messages and errors, as busybox ping and Linux 6.18 exchanged them over a veth pair.</summary>
public sealed class EchoPacketTests
{
    private const string Zeros = "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";
    private const string Header = "45000054528f0000400114160a0100020a010001";

    // ping -c1 10.1.0.2
    private const string Request = "080033fe134f0000b253fe5e00000000" + Zeros;
    private const string Reply = Header + "00003bfe134f0000b253fe5e00000000" + Zeros;

    // ping -6 -c1 fd18::2
    private const string Request6 = "8000c04d13500000b353fe5e00000000" + Zeros;
    private const string Reply6 = "8100bf4d13500000b353fe5e00000000" + Zeros;

    // ping -c1 -s 8 10.9.0.2, where a router has: ip route add prohibit 10.9.0.0/16
    private const string Prohibited =
        "45c00040b07200004001b5860a0100020a010001 030dfcf200000000"
        + "45000024647e40004001c24e0a0100010a090002 08004b1651cc00006388f79400000000";

    // ping -6 -c1 -s 8 2001:db8::2, where a router has no route.
    private const string NoRoute =
        "0100f29f00000000 600a77a000103a40fd18000000000000000000000000000120010db8000000000000000000000002"
        + "800068f951cb0000a286f79400000000";

    private static readonly EchoPacket s_echo = Echo("10.1.0.2", 0x134f, "b253fe5e00000000" + Zeros);
    private static readonly EchoPacket s_echo6 = Echo("fd18::2", 0x1350, "b353fe5e00000000" + Zeros);
    private static readonly EchoPacket s_refused = Echo("10.9.0.2", 0x51cc, "6388f79400000000");
    private static readonly EchoPacket s_refused6 = Echo("2001:db8::2", 0x51cb, "a286f79400000000");

    [Fact]
    public void Request_IsThatOfPing() => Assert.Equal(Request, Convert.ToHexStringLower(s_echo.Request(0)));

    [Fact]
    public void Request_OfIcmpv6IsThatOfPingButForTheKernelsChecksum() => Assert.Equal(
        Request6.Remove(4, 4).Insert(4, "0000"), Convert.ToHexStringLower(s_echo6.Request(0)));

    [Fact]
    public void Request_HasItsNumberAndAChecksumOfAnOddLength()
    {
        byte[] request = Echo("10.1.0.2", 1, "ff").Request(0x0203);

        // 0800 + 0001 + 0203 + ff00 is 10904, with the carry 0905.
        Assert.Equal("0800f6fa00010203ff", Convert.ToHexStringLower(request));
    }

    [Theory]
    [InlineData(false, Reply)]
    [InlineData(true, Reply6)]
    public void Reply_IsReadFromWhomItWasAskedOfAlone(bool isIPv6, string hex)
    {
        EchoPacket echo = isIPv6 ? s_echo6 : s_echo;

        Assert.True(echo.TryReadReply(Bytes(hex), echo.Destination, out ushort sequence));
        Assert.Equal(0, sequence);
        Assert.False(echo.TryReadReply(Bytes(hex), AddressValue.Parse(isIPv6 ? "fd18::3" : "10.1.0.3"), out _));
        Assert.False((echo with { Id = 7 }).TryReadReply(Bytes(hex), echo.Destination, out _));
        Assert.False(echo.TryReadError(Bytes(hex), out _));
    }

    [Theory]
    // Options before the message: a header of 24 bytes.
    [InlineData("46000058528f0000400114160a0100020a01000101010101 00003bfe134f0000b253fe5e00000000" + Zeros, true)]
    [InlineData(Request, false)]
    [InlineData(Header + Request, false)]
    [InlineData("65000054528f0000400114160a0100020a010001 00003bfe134f0000b253fe5e00000000" + Zeros, false)]
    [InlineData("44000054528f0000400114160a0100020a010001 00003bfe134f0000b253fe5e00000000" + Zeros, false)]
    [InlineData("45000054528f0000401114160a0100020a010001 00003bfe134f0000b253fe5e00000000" + Zeros, false)]
    // Checksum; payload, with a checksum that is right; payload longer and shorter.
    [InlineData(Header + "00003bff134f0000b253fe5e00000000" + Zeros, false)]
    [InlineData(Header + "00003bfd134f0000b253fe5f00000000" + Zeros, false)]
    [InlineData(Header + "00003bfe134f0000b253fe5e00000000" + Zeros + "0000", false)]
    [InlineData(Header + "00003bfe134f0000b253fe5e", false)]
    public void Reply_IsCheckedToTheLastByte(string hex, bool isReply) =>
        Assert.Equal(isReply, s_echo.TryReadReply(Bytes(hex), s_echo.Destination, out _));

    [Theory]
    [InlineData("8100bf4d13510000b353fe5e00000000" + Zeros, "the id")]
    [InlineData("8101bf4d13500000b353fe5e00000000" + Zeros, "the code")]
    [InlineData("8000bf4d13500000b353fe5e00000000" + Zeros, "the type")]
    [InlineData("8100bf4d13500000b353fe5e01000000" + Zeros, "the payload")]
    [InlineData("8100bf4d1350", "the length")]
    public void Reply_OfIcmpv6IsCheckedToo(string hex, string what) =>
        Assert.False(s_echo6.TryReadReply(Bytes(hex), s_echo6.Destination, out _), what);

    [Fact]
    public void Error_IsToldInWords()
    {
        Assert.True(s_refused.TryReadError(Bytes(Prohibited), out IcmpError? error));
        Assert.Equal("communication prohibited (type 3, code 13)", error.ToString());
        Assert.True(s_refused6.TryReadError(Bytes(NoRoute), out error));
        Assert.Equal("no route to destination (type 1, code 0)", error.ToString());
    }

    [Fact]
    public void Error_OfAnothersPacketIsNone()
    {
        Assert.False(s_echo.TryReadError(Bytes(Prohibited), out _));
        Assert.False((s_refused with { Id = 1 }).TryReadError(Bytes(Prohibited), out _));
        Assert.False((s_refused with { Destination = AddressValue.Parse("10.9.0.3") }).TryReadError(Bytes(Prohibited), out _));
        Assert.False((s_refused6 with { Id = 1 }).TryReadError(Bytes(NoRoute), out _));
        Assert.False((s_refused6 with { Destination = AddressValue.Parse("2001:db8::3") }).TryReadError(Bytes(NoRoute), out _));
    }

    [Fact]
    public void Error_OfAnotherTypeOrWithAWrongChecksumIsNone()
    {
        byte[] packet = Bytes(Prohibited);
        packet[22] ^= 1;
        Assert.False(s_refused.TryReadError(packet, out _));
        byte[] packet6 = Bytes(NoRoute);
        packet6[0] = 128;
        Assert.False(s_refused6.TryReadError(packet6, out _));
    }

    [Fact]
    public void Anything_CutOffAnywhereIsNothing()
    {
        foreach ((EchoPacket echo, string hex) in new[] { (s_echo, Reply), (s_echo6, Reply6), (s_refused, Prohibited), (s_refused6, NoRoute) })
        {
            byte[] packet = Bytes(hex);
            // An error may end anywhere behind the id of the request, if its checksum says so.
            for (int length = 0; length < packet.Length - 8; length++)
            {
                Assert.False(echo.TryReadReply(packet.AsSpan(0, length), echo.Destination, out _));
                Assert.False(echo.TryReadError(packet.AsSpan(0, length), out _));
            }
        }
    }

    [Fact]
    public void Anything_AtAllIsReadWithoutAnException()
    {
        Random random = new(1);
        string[] seeds = [Reply, Reply6, Prohibited, NoRoute];
        for (int i = 0; i < 100_000; i++)
        {
            byte[] packet = Bytes(seeds[i % seeds.Length]);
            for (int n = random.Next(1, 5); n > 0; n--) packet[random.Next(packet.Length)] = (byte)random.Next(256);
            Span<byte> part = packet.AsSpan(0, random.Next(packet.Length + 1));
            foreach (EchoPacket echo in new[] { s_echo, s_echo6, s_refused, s_refused6 })
            {
                _ = echo.TryReadReply(part, echo.Destination, out _);
                _ = echo.TryReadError(part, out _);
            }

            _ = NeighborPacket.TryReadAnswer(part, s_echo.Destination, out _);
            _ = NeighborPacket.TryReadAnswer(part, s_echo6.Destination, out _);
        }
    }

    [Theory]
    [InlineData(true, 3, 1, "host unreachable (type 3, code 1)")]
    [InlineData(true, 3, 200, "destination unreachable (type 3, code 200)")]
    [InlineData(true, 11, 0, "time exceeded (type 11, code 0)")]
    [InlineData(true, 12, 0, "parameter problem (type 12, code 0)")]
    [InlineData(false, 1, 3, "address unreachable (type 1, code 3)")]
    [InlineData(false, 2, 0, "packet too big (type 2, code 0)")]
    [InlineData(false, 3, 0, "time exceeded (type 3, code 0)")]
    [InlineData(false, 4, 1, "parameter problem (type 4, code 1)")]
    public void IcmpErrors_HaveTheNamesOfTheirStandards(bool isIPv4, byte type, byte code, string text)
    {
        IcmpError error = new((isIPv4 ? s_echo : s_echo6).Family, type, code);

        Assert.True(error.IsError);
        Assert.Equal(text, error.ToString());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 8)]
    [InlineData(true, 5)]
    [InlineData(false, 128)]
    [InlineData(false, 129)]
    [InlineData(false, 0)]
    public void OtherMessages_AreNoErrors(bool isIPv4, byte type) =>
        Assert.False(new IcmpError((isIPv4 ? s_echo : s_echo6).Family, type, 0).IsError);

    private static EchoPacket Echo(string destination, ushort id, string payload)
    {
        AddressValue address = AddressValue.Parse(destination);
        return new(address.Family, address, id, Bytes(payload));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));
}
