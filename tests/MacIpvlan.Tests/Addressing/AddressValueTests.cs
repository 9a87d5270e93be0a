using System.Net;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Addresses: what is one and what is not, and that text, bytes and numbers are the same thing.</summary>
public sealed class AddressValueTests
{
    [Theory]
    [InlineData("0.0.0.0", "00000000", "0.0.0.0")]
    [InlineData("10.0.0.1", "0a000001", "10.0.0.1")]
    [InlineData("255.255.255.255", "ffffffff", "255.255.255.255")]
    [InlineData("::", "00000000000000000000000000000000", "::")]
    [InlineData("::1", "00000000000000000000000000000001", "::1")]
    [InlineData("FD18:0:0::2", "fd180000000000000000000000000002", "fd18::2")]
    [InlineData("2001:db8:0:1:1:1:1:1", "20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1")]
    [InlineData(
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffffffffffffffffffffffffffffffff",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::ffff:10.0.0.1", "00000000000000000000ffff0a000001", "::ffff:10.0.0.1")]
    public void Parse_ReadsAnAddress(string text, string bytes, string canonical)
    {
        AddressValue value = AddressValue.Parse(text);

        Assert.Equal(bytes, Convert.ToHexStringLower(value.ToBytes()));
        Assert.Equal(canonical, value.ToString());
        Assert.Equal(UInt128.Parse(bytes, System.Globalization.NumberStyles.HexNumber, null), value.Number());
        Assert.Equal(bytes.Length == 8 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, value.Family);
        Assert.Equal(bytes.Length * 4, value.Bits);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("eth0")]
    // Short forms, which the C library takes for 10.0.0.1 and 10.0.0.1.
    [InlineData("10.1")]
    [InlineData("10.0.1")]
    [InlineData("167772161")]
    // Octal and hexadecimal, which it takes for 10.0.0.8 and 10.0.0.16.
    [InlineData("10.0.0.010")]
    [InlineData("10.0.0.08")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.0x10")]
    [InlineData("10.0.0.00")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.-1")]
    [InlineData("10.0.0.+1")]
    [InlineData("10.0.0.1.")]
    [InlineData(".10.0.0.1")]
    [InlineData("10..0.1")]
    [InlineData("10.0.0.1.1")]
    [InlineData("10.0.0.1 ")]
    [InlineData(" 10.0.0.1")]
    [InlineData("10.0.0.1/24")]
    [InlineData("10.0.0.1:80")]
    [InlineData("１０.0.0.1")]
    public void Parse_RefusesWhatIsNoIPv4Address(string text) => AssertRefused(text);

    [Theory]
    // Zones belong to a host, not to an address that a network hands out.
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%")]
    [InlineData("::1%1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::1]")]
    [InlineData("::1/64")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("::0x1")]
    [InlineData("::-1")]
    [InlineData(" ::1")]
    [InlineData("::1 ")]
    [InlineData("::ffff:10.0.0.256")]
    [InlineData("::ffff:10.1")]
    [InlineData("::ffff:10.0.0.010")]
    [InlineData("10.0.0.1::")]
    public void Parse_RefusesWhatIsNoIPv6Address(string text) => AssertRefused(text);

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("fd18::2")]
    public void IPAddress_ThereAndBack(string text)
    {
        AddressValue value = AddressValue.From(IPAddress.Parse(text));

        Assert.Equal(AddressValue.Parse(text), value);
        Assert.Equal(IPAddress.Parse(text), value.ToIPAddress());
        Assert.Equal(value, AddressValue.FromBytes(value.ToBytes()));
    }

    [Fact]
    public void From_IgnoresTheScopeId() =>
        Assert.Equal(AddressValue.Parse("fe80::1"), AddressValue.From(IPAddress.Parse("fe80::1%3")));

    [Fact]
    public void SameNumberOfAnotherFamily_IsAnotherAddress() =>
        Assert.NotEqual(AddressValue.Parse("0.0.0.1"), AddressValue.Parse("::1"));

    private static void AssertRefused(string text)
    {
        Assert.False(AddressValue.TryParse(text, out _));
        FormatException e = Assert.Throws<FormatException>(() => AddressValue.Parse(text));
        Assert.Contains($"'{text}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conversion_TakesOtherTypesOfAddresses()
    {
        Assert.Equal(AddressValue.Parse("10.0.0.1"), (AddressValue)IPAddress.Parse("10.0.0.1"));
        Assert.Equal(AddressValue.Parse("fd18::2"), (AddressValue)IPAddress.Parse("fd18::2"));
    }

    [Fact]
    public void Conversion_RefusesAScope() =>
        Assert.Contains("scope", Assert.Throws<FormatException>(static () => (AddressValue)IPAddress.Parse("fe80::1%3")).Message);
}
