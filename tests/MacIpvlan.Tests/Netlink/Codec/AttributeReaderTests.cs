using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Codec;

/// <summary>Attributes one by one, and each way in which a length can be wrong.</summary>
public sealed class AttributeReaderTests
{
    public static TheoryData<string> Malformed =>
    [
        // Less than a header.
        "00", "0400", "040001",
        // A length below the header's own.
        "00000100", "03000100",
        // A length beyond the end.
        "05000100", "08000100 000000", "ffff0100 00000000",
        // The same behind a sound one.
        "04000100 00000100", "05000100 01000000 09000100 00000000", "04000100 01",
    ];

    [Fact]
    public void TryRead_TakesEachAttributeWithoutItsPadding() => Assert.Equal(
        ["1=01", "2=", "3=0a0b0c0d"], Read("05000100 01000000 04000200 08000300 0a0b0c0d"));

    [Fact]
    public void TryRead_DropsTheFlagsOfATypeOnTheWire() =>
        // NLA_F_NESTED and NLA_F_NET_BYTEORDER.
        Assert.Equal(["18=", "5=8100"], Read("04001280 06000540 81000000"));

    [Fact]
    public void TryRead_TakesALastAttributeWithoutPadding() => Assert.Equal(["1=01"], Read("05000100 01"));

    [Fact]
    public void TryRead_FindsNothingInNothing() => Assert.Empty(Read(""));

    [Theory]
    [MemberData(nameof(Malformed))]
    public void TryRead_RefusesALengthThatDoesNotFit(string hex)
    {
        NetlinkException e = Assert.Throws<NetlinkException>(() => Read(hex));

        Assert.Equal(Errno.EBADMSG, e.Errno);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("010000")]
    [InlineData("0100000000")]
    [InlineData("0100000000000000")]
    public void Number_RefusesAnotherWidth(string hex)
    {
        NetlinkException e = Assert.Throws<NetlinkException>(() => AttributeReader.Int32(Bytes(hex)));

        Assert.Equal(Errno.EBADMSG, e.Errno);
    }

    [Fact]
    public void Number_IsInHostOrder()
    {
        Assert.Equal(0x04030201, AttributeReader.Int32(Bytes("01020304")));
        Assert.Equal(0x0201, AttributeReader.UInt16(Bytes("0102")));
        Assert.Equal(0xffu, AttributeReader.UInt32(Bytes("ff000000")));
    }

    [Theory]
    [InlineData("65746800", "eth")]
    [InlineData("657468", "eth")]
    [InlineData("65006800", "e")]
    [InlineData("00", "")]
    [InlineData("", "")]
    [InlineData("c3a900", "é")]
    public void Text_EndsAtItsZeroByteOrWithItsAttribute(string hex, string text) =>
        Assert.Equal(text, AttributeReader.Text(Bytes(hex)));

    private static List<string> Read(string hex)
    {
        AttributeReader reader = new(Bytes(hex));
        List<string> read = [];
        while (reader.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            read.Add($"{type}={Convert.ToHexStringLower(value)}");
        }

        return read;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", ""));
}
