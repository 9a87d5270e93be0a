using MacIpvlan.Addressing;

namespace MacIpvlan.Tests.Addressing;

/// <summary>Interface identifiers as users write them.</summary>
public sealed class InterfaceIdentifierTests
{
    [Theory]
    [InlineData("Eui64", "Eui64", null)]
    [InlineData("eui64", "Eui64", null)]
    [InlineData(" stableprivacy ", "StablePrivacy", null)]
    [InlineData("::1234", "::1234", "::1234")]
    [InlineData("0:0:0:0:0:0:0:1", "::1", "::1")]
    [InlineData("::FFFF:FFFF:FFFF:FFFF", "::ffff:ffff:ffff:ffff", "::ffff:ffff:ffff:ffff")]
    [InlineData("::8000:0:0:0", "::8000:0:0:0", "::8000:0:0:0")]
    public void Parse_ReadsIt(string text, string written, string? token)
    {
        InterfaceIdentifier identifier = InterfaceIdentifier.Parse(text);

        Assert.Equal(written, identifier.ToString());
        Assert.Equal(token, identifier.Token?.ToString());
        Assert.Equal(identifier, InterfaceIdentifier.Parse(written));
    }

    [Theory]
    [InlineData("", "isn't an IPv6 address")]
    [InlineData("Random", "isn't an IPv6 address")]
    [InlineData("0", "isn't an IPv6 address")]
    [InlineData("0.0.0.52", "isn't an IPv6 address")]
    [InlineData("::1%eth0", "isn't an IPv6 address")]
    [InlineData("::1/64", "isn't an IPv6 address")]
    [InlineData("::", "lower 64 bits are zero")]
    [InlineData("fe80::1234", "upper 64 bits")]
    [InlineData("0:0:0:1::", "upper 64 bits")]
    public void Parse_RefusesOthers(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => InterfaceIdentifier.Parse(text)).Message);

    [Fact]
    public void Tokens_AreEqualByTheirBits()
    {
        Assert.Equal(InterfaceIdentifier.Parse("::0012"), InterfaceIdentifier.Parse("::12"));
        Assert.NotEqual(InterfaceIdentifier.Parse("::12"), InterfaceIdentifier.Parse("::13"));
        Assert.NotEqual(InterfaceIdentifier.Eui64, InterfaceIdentifier.StablePrivacy);
    }
}
