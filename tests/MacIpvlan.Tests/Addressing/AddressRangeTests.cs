using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Ranges in each notation.</summary>
public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.10-10.0.0.20", "10.0.0.10", "10.0.0.20", "10.0.0.10-10.0.0.20")]
    [InlineData("10.0.0.10 - 10.0.0.20", "10.0.0.10", "10.0.0.20", "10.0.0.10-10.0.0.20")]
    [InlineData("10.0.0.10-10.0.0.10", "10.0.0.10", "10.0.0.10", "10.0.0.10")]
    [InlineData("10.0.0.10", "10.0.0.10", "10.0.0.10", "10.0.0.10")]
    [InlineData("192.168.32.128/25", "192.168.32.128", "192.168.32.255", "192.168.32.128-192.168.32.255")]
    [InlineData("10.0.0.1/32", "10.0.0.1", "10.0.0.1", "10.0.0.1")]
    [InlineData("fd18::10-fd18::20", "fd18::10", "fd18::20", "fd18::10-fd18::20")]
    [InlineData("fd18::/64", "fd18::", "fd18::ffff:ffff:ffff:ffff", "fd18::-fd18::ffff:ffff:ffff:ffff")]
    public void Parse_ReadsARange(string text, string first, string last, string canonical)
    {
        AddressRange range = AddressRange.Parse(text);

        Assert.Equal(AddressValue.Parse(first), range.First);
        Assert.Equal(AddressValue.Parse(last), range.Last);
        Assert.Equal(canonical, range.ToString());
        Assert.Equal(range, AddressRange.Parse(canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("10.0.0.1-")]
    [InlineData("-10.0.0.1")]
    [InlineData("10.0.0.1-10.0.0.2-10.0.0.3")]
    [InlineData("10.0.0.1-5")]
    [InlineData("10.0.0.1..10.0.0.2")]
    [InlineData("10.0.0.2-10.0.0.1")]
    [InlineData("10.0.0.1-fd18::1")]
    [InlineData("fd18::2-fd18::1")]
    [InlineData("10.0.0.1/24")]
    [InlineData("10.0.0.0/24-10.0.1.0/24")]
    [InlineData("10.0.0.010-10.0.0.20")]
    public void Parse_RefusesWhatIsNoRange(string text) =>
        Assert.Throws<FormatException>(() => AddressRange.Parse(text));

    [Theory]
    [InlineData("10.0.0.9", false)]
    [InlineData("10.0.0.10", true)]
    [InlineData("10.0.0.20", true)]
    [InlineData("10.0.0.21", false)]
    [InlineData("::a00:a", false)]
    public void Contains_HasBothEndsAndOneFamily(string address, bool contains) =>
        Assert.Equal(contains, AddressRange.Parse("10.0.0.10-10.0.0.20").Contains(AddressValue.Parse(address)));

    [Theory]
    [InlineData("10.0.0.0-10.0.0.255", true)]
    [InlineData("10.0.0.7", true)]
    [InlineData("9.255.255.255-10.0.0.1", false)]
    [InlineData("10.0.0.255-10.0.1.0", false)]
    [InlineData("fd18::1", false)]
    public void IsWithin_NeedsBothEnds(string range, bool isWithin) =>
        Assert.Equal(isWithin, AddressRange.Parse(range).IsWithin(IPPrefix.Parse("10.0.0.0/24")));

    [Theory]
    [InlineData("10.0.0.0-10.0.0.255", "10.0.0.0/24")]
    [InlineData("10.0.0.64-10.0.0.127", "10.0.0.64/26")]
    [InlineData("10.0.0.7", "10.0.0.7/32")]
    [InlineData("0.0.0.0-255.255.255.255", "0.0.0.0/0")]
    [InlineData("fd18::1000-fd18::1fff", "fd18::1000/116")]
    [InlineData("::/0", "::/0")]
    [InlineData("10.0.0.1-10.0.0.255", "")]
    [InlineData("10.0.0.0-10.0.0.254", "")]
    [InlineData("10.0.0.64-10.0.0.191", "")]
    public void AsPrefix_IsTheSubnetOfTheseAddressesAlone(string range, string prefix) =>
        Assert.Equal(prefix, $"{AddressRange.Parse(range).AsPrefix()}");

    [Theory]
    [InlineData("10.0.0.5", "1")]
    [InlineData("10.0.0.0/24", "256")]
    [InlineData("fd18::/64", "18446744073709551616")]
    [InlineData("::/0", "340282366920938463463374607431768211456")]
    public void Size_CountsBothEnds(string range, string size) =>
        Assert.Equal(System.Numerics.BigInteger.Parse(size, null), AddressRange.Parse(range).Size);

    [Theory]
    [InlineData("10.0.0.10-10.0.0.20", "10.0.0.15-10.0.0.30", "10.0.0.15-10.0.0.20")]
    [InlineData("10.0.0.10-10.0.0.20", "10.0.0.0/24", "10.0.0.10-10.0.0.20")]
    [InlineData("10.0.0.10-10.0.0.20", "10.0.0.20-10.0.0.30", "10.0.0.20")]
    [InlineData("10.0.0.10-10.0.0.20", "10.0.0.21-10.0.0.30", "")]
    [InlineData("0.0.0.1-0.0.0.9", "::1-::9", "")]
    public void Intersect_IsWhatBothHave(string one, string other, string common)
    {
        Assert.Equal(common, $"{AddressRange.Parse(one).Intersect(AddressRange.Parse(other))}");
        Assert.Equal(common, $"{AddressRange.Parse(other).Intersect(AddressRange.Parse(one))}");
    }
}
