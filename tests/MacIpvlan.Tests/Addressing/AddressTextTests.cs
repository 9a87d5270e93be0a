using System.Globalization;
using System.Net;
using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Addresses as objects show them: text that is compared by its numbers.</summary>
public sealed class AddressTextTests
{
    [Theory]
    [InlineData("10.1.0.2", "10.1.0.10")]
    [InlineData("10.1.0.2/24", "10.1.0.10/24")]
    [InlineData("9.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.0.0.0/8", "10.0.0.0/16")]
    [InlineData("10.1.0.2/24", "10.1.0.3")]
    [InlineData("255.255.255.255", "::")]
    [InlineData("fd00::9", "fd00::10")]
    [InlineData("10.1.0.2-10.1.0.9", "10.1.0.2-10.1.0.10")]
    [InlineData("10.1.0.2", "10.1.0.2-10.1.0.10")]
    public void CompareTo_IsByNumber(string first, string second)
    {
        Assert.True(new AddressText(first).CompareTo(new AddressText(second)) < 0);
        Assert.True(new AddressText(second).CompareTo(new AddressText(first)) > 0);
        Assert.NotEqual(new AddressText(first), new AddressText(second));
        Assert.True(new AddressText(first) != new AddressText(second));
    }

    [Theory]
    [InlineData("10.1.0.2/24", "10.1.0.2")]
    [InlineData("10.1.0.0/24", "10.1.0.0")]
    [InlineData("fd00::1/64", "FD00:0::0:1")]
    [InlineData("fd00::1/64", "fd00:0:0:0:0:0:0:1/64")]
    [InlineData("10.1.0.0/24", "10.1.0.0-10.1.0.255")]
    [InlineData("10.1.0.2", "10.1.0.2-10.1.0.2")]
    public void Equals_AlsoWithoutALengthAndInAnySpelling(string first, string second)
    {
        Assert.Equal(new AddressText(first), new AddressText(second));
        Assert.True(new AddressText(first) == new AddressText(second));
        Assert.Equal(new AddressText(first).GetHashCode(), new AddressText(second).GetHashCode());
    }

    // Some of these are URIs with a scheme, others only references.
    [Fact]
    public void Text_IsWhatItWasMadeOf()
    {
        Assert.Equal("10.1.0.2/24", new AddressText(InterfaceAddress.Parse("10.1.0.2/24")).ToString());
        Assert.Equal("10.1.0.0/24", new AddressText(IPPrefix.Parse("10.1.0.0/24")).OriginalString);
        Assert.Equal("10.1.0.2-10.1.0.9", $"{new AddressText(AddressRange.Parse("10.1.0.2-10.1.0.9"))}");
        Assert.Equal("10.1.0.2", new AddressText(AddressRange.Parse("10.1.0.2")).ToString());
        Assert.Equal("fd00::1", new AddressText(IPAddress.Parse("FD00::0:1")).ToString());
        Assert.Equal("0a::1", new AddressText("a::1").ToString());
        Assert.Equal("fd00::/64", new AddressText(IPNetwork.Parse("fd00::/64")).ToString());
        Random random = new(1);
        byte[] bytes = new byte[16];
        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            // Groups of zeros are what the notation abbreviates; few digits could be a drive's letter.
            for (int group = 0; group < 16; group += 2) if (random.Next(2) == 0) bytes[group] = bytes[group + 1] = 0;
            if (random.Next(2) == 0) (bytes[0], bytes[1]) = (0, (byte)random.Next(16));
            IPAddress address = new(bytes);
            int length = random.Next(129);
            string written = string.Create(CultureInfo.InvariantCulture, $"{address}/{length}");
            AddressText text = new(written);
            Assert.Equal(char.IsAsciiLetter(written[0]) && written[1] == ':' ? $"0{written}" : written, text.ToString());
            Assert.Equal((address, length), (text.Address, text.PrefixLength));
            Assert.Equal(address, (IPAddress)text);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("10.1")]
    [InlineData("10.1.0.2/33")]
    [InlineData("http://10.1.0.2/")]
    public void Constructor_RefusesOtherTexts(string text) => Assert.Throws<FormatException>(() => new AddressText(text));

    [Fact]
    public void Lists_AreSortedByTheirFirstValuesThenByTheNext()
    {
        string[][] sorted = [[], ["9.0.0.1/8"], ["10.1.0.2/24"], ["10.1.0.2/24", "fd00::2/64"], ["10.1.0.2/24", "fd00::10/64"], ["10.1.0.10/24"]];
        ValueList<AddressText>[] lists = [.. sorted.Select(static l => new ValueList<AddressText>(l.Select(static t => new AddressText(t))))];

        Assert.Equal(lists.Select(static l => l.ToString()), lists.Reverse().Order().Select(static l => l.ToString()));
        Assert.True(new ValueList<string>(["eth2"]).CompareTo(new ValueList<string>(["eth10"])) < 0);
    }
}
