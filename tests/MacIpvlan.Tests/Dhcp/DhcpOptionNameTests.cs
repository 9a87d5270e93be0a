namespace MacIpvlan.Tests.Dhcp;

/// <summary>Options by name and by code.</summary>
public sealed class DhcpOptionNameTests
{
    [Theory]
    [InlineData("ntp-servers", 42, "ntp-servers")]
    [InlineData("NTP-Server", 42, "ntp-servers")]
    [InlineData("42", 42, "ntp-servers")]
    [InlineData("domain-name-servers", 6, "domain-name-servers")]
    [InlineData("dns-server", 6, "domain-name-servers")]
    [InlineData("tftp-server-name", 66, "tftp-server-name")]
    [InlineData("t1", 58, "dhcp-renewal-time")]
    [InlineData("1", 1, "subnet-mask")]
    [InlineData("224", 224, "224")]
    [InlineData("254", 254, "254")]
    public void Text_IsANameOrACode(string text, int code, string shown)
    {
        DhcpOptionName option = DhcpOptionName.Parse(text);

        Assert.Equal((code, shown), (option.Code, $"{option}"));
        Assert.Equal(option, DhcpOptionName.Parse(shown));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("255")]
    [InlineData("256")]
    [InlineData("-1")]
    [InlineData("+6")]
    [InlineData("0x42")]
    [InlineData("6.0")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("ntp servers")]
    [InlineData("99999999999")]
    // The protocol's own.
    [InlineData("50")]
    [InlineData("51")]
    [InlineData("52")]
    [InlineData("53")]
    [InlineData("54")]
    [InlineData("55")]
    [InlineData("57")]
    [InlineData("61")]
    public void Text_ThatCannotBeRequestedIsRefused(string text) => Assert.Throws<FormatException>(() => DhcpOptionName.Parse(text));

    [Fact]
    public void Names_AreAllOfOptionsThatCanBeRequested()
    {
        Assert.All(DhcpOptionName.All, static n => Assert.Equal(n, $"{DhcpOptionName.Parse(n)}"));
        Assert.Equal(DhcpOptionName.All.Count, DhcpOptionName.All.Distinct().Count());
        Assert.Equal(DhcpOptionName.All.Select(static n => DhcpOptionName.Parse(n).Code).Order(), DhcpOptionName.All.Select(static n => DhcpOptionName.Parse(n).Code));
    }

    [Fact]
    public void Number_IsACode()
    {
        Assert.Equal(66, ((DhcpOptionName)66).Code);
        Assert.Throws<FormatException>(() => (DhcpOptionName)300);
    }
}
