using System.Net;
using System.Numerics;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Subnets: ends and sizes at every edge, and host bits refused.</summary>
public sealed class IPPrefixTests
{
    [Theory]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255", 32)]
    [InlineData("128.0.0.0/1", "128.0.0.0", "255.255.255.255", 31)]
    [InlineData("10.0.0.0/8", "10.0.0.0", "10.255.255.255", 24)]
    [InlineData("192.168.50.0/24", "192.168.50.0", "192.168.50.255", 8)]
    [InlineData("10.0.0.4/30", "10.0.0.4", "10.0.0.7", 2)]
    [InlineData("10.0.0.254/31", "10.0.0.254", "10.0.0.255", 1)]
    [InlineData("10.0.0.255/32", "10.0.0.255", "10.0.0.255", 0)]
    [InlineData("255.255.255.255/32", "255.255.255.255", "255.255.255.255", 0)]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 128)]
    [InlineData("fd18::/64", "fd18::", "fd18::ffff:ffff:ffff:ffff", 64)]
    [InlineData("fd00::/8", "fd00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 120)]
    [InlineData("2001:db8::fe/127", "2001:db8::fe", "2001:db8::ff", 1)]
    [InlineData("2001:db8::ff/128", "2001:db8::ff", "2001:db8::ff", 0)]
    public void Parse_ReadsASubnet(string text, string first, string last, int hostBits)
    {
        IPPrefix prefix = IPPrefix.Parse(text);

        Assert.Equal(text, prefix.ToString());
        Assert.Equal(first, prefix.First.ToString());
        Assert.Equal(last, prefix.Last.ToString());
        Assert.Equal(BigInteger.Pow(2, hostBits), prefix.Size);
        Assert.True(prefix.Contains(prefix.First) && prefix.Contains(prefix.Last));
    }

    [Theory]
    [InlineData("192.168.50.1/24", "192.168.50.0/24")]
    [InlineData("10.1.0.0/8", "10.0.0.0/8")]
    [InlineData("10.0.0.1/31", "10.0.0.0/31")]
    [InlineData("0.0.0.1/0", "0.0.0.0/0")]
    [InlineData("fd18::1/64", "fd18::/64")]
    [InlineData("2001:db8::ff/127", "2001:db8::fe/127")]
    [InlineData("8000::/0", "::/0")]
    public void Parse_RefusesHostBitsAndNamesTheSubnet(string text, string subnet)
    {
        FormatException e = Assert.Throws<FormatException>(() => IPPrefix.Parse(text));

        Assert.Contains("host bits", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($"{subnet}.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/24")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/8 ")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("10.0.0.0/99999999999999999999")]
    [InlineData("10.0.0/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("fd18::/129")]
    [InlineData("fd18::%eth0/64")]
    [InlineData("eth0/8")]
    public void Parse_RefusesWhatIsNoPrefix(string text) => Assert.Throws<FormatException>(() => IPPrefix.Parse(text));

    [Theory]
    [InlineData("10.0.0.0", "'10.0.0.0' has no prefix length. Specify it as ADDRESS/LENGTH, such as 10.0.0.0/24.")]
    [InlineData("fd01::", "'fd01::' has no prefix length. Specify it as ADDRESS/LENGTH, such as fd01::/64.")]
    [InlineData("lan", "'lan' isn't a subnet. Specify it as ADDRESS/LENGTH, such as 192.168.1.0/24.")]
    public void Parse_SaysHowToWriteASubnetWithoutALength(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => IPPrefix.Parse(text)).Message);

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0", true)]
    [InlineData("10.0.0.0/24", "10.0.0.255", true)]
    [InlineData("10.0.0.0/24", "10.0.1.0", false)]
    [InlineData("10.0.1.0/24", "10.0.0.255", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("::/0", "ffff::", true)]
    // The numbers are in each other's span, the families are not.
    [InlineData("::/0", "10.0.0.1", false)]
    [InlineData("0.0.0.0/0", "::1", false)]
    public void Contains_IsWithinBothEndsAndTheFamily(string prefix, string address, bool contains)
    {
        Assert.Equal(contains, IPPrefix.Parse(prefix).Contains(AddressValue.Parse(address)));
        Assert.Equal(contains, IPPrefix.Parse(prefix).Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0/24", true)]
    [InlineData("10.0.0.0/24", "10.0.0.128/25", true)]
    [InlineData("10.0.0.0/24", "10.0.0.255/32", true)]
    [InlineData("10.0.0.0/24", "10.0.1.0/24", false)]
    [InlineData("0.0.0.0/0", "10.0.0.0/8", true)]
    [InlineData("::/0", "fd18::/64", true)]
    [InlineData("0.0.0.0/0", "::/0", false)]
    public void Overlaps_GoesBothWays(string one, string other, bool overlaps)
    {
        Assert.Equal(overlaps, IPPrefix.Parse(one).Overlaps(IPPrefix.Parse(other)));
        Assert.Equal(overlaps, IPPrefix.Parse(other).Overlaps(IPPrefix.Parse(one)));
    }

    [Theory]
    [InlineData("192.168.50.77", 24, "192.168.50.0/24")]
    [InlineData("192.168.50.77", 0, "0.0.0.0/0")]
    [InlineData("192.168.50.77", 32, "192.168.50.77/32")]
    [InlineData("fd18::1", 0, "::/0")]
    [InlineData("fd18::1", 128, "fd18::1/128")]
    public void Containing_IsTheSubnetOfAnAddress(string address, int length, string subnet) =>
        Assert.Equal(subnet, IPPrefix.Containing(AddressValue.Parse(address), length).ToString());

    [Theory]
    [InlineData("10.0.0.1", -1)]
    [InlineData("10.0.0.1", 33)]
    [InlineData("fd18::1", 129)]
    public void Containing_RefusesALengthThatTheFamilyLacks(string address, int length) =>
        Assert.Throws<FormatException>(() => IPPrefix.Containing(AddressValue.Parse(address), length));
}
