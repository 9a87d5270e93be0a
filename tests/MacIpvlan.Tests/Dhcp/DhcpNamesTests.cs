using System.Text;

namespace MacIpvlan.Tests.Dhcp;

/// <summary>Names in options: only host names are accepted, and reading always ends.</summary>
public sealed class DhcpNamesTests
{
    [Theory]
    [InlineData("web1", "web1")]
    [InlineData("web-1.example.org", "web-1.example.org")]
    [InlineData("example.org.", "example.org")]
    // RFC 2132 2: zero bytes at the end.
    [InlineData("web1\0\0", "web1")]
    [InlineData("3com", "3com")]
    [InlineData("12345", "12345")]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("\0", null)]
    [InlineData("web_1", null)]
    [InlineData("web 1", null)]
    [InlineData("we\0b", null)]
    [InlineData("-web", null)]
    [InlineData("web-", null)]
    [InlineData("a..b", null)]
    [InlineData(".a", null)]
    [InlineData("192.168.1.1", null)]
    [InlineData("example.org\nnameserver 1.2.3.4", null)]
    [InlineData("\u001b[2J", null)]
    [InlineData("$(reboot)", null)]
    [InlineData("w\u00e9b", null)]
    public void Name_IsAHostNameOrNone(string text, string? expected)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        DhcpLease lease = new DhcpReply().With(DhcpOptionCode.HostName, bytes).With(DhcpOptionCode.DomainName, bytes).Lease();
        Assert.Equal((expected, expected), (lease.HostName, lease.DomainName));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Label_HasAtMost63Characters(int length, bool isName) => Assert.Equal(isName, DhcpNames.IsHostName(new('a', length)));

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, false)]
    public void Name_HasAtMost253Characters(int length, bool isName) =>
        Assert.Equal(isName, DhcpNames.IsHostName(string.Join('.', Enumerable.Repeat(new string('a', 49), 6))[..length]));

    // The example of RFC 3397 3, which comes in two pieces and has a pointer.
    [Fact]
    public void SearchList_IsThatOfTheRfc() => Assert.Equal(
        ["eng.apple.com", "marketing.apple.com"],
        Search("03656e67056170706c" + "6503636f6d00" + "096d61726b6574696e67" + "c004"));

    [Theory]
    [InlineData("0161 00", "a")]
    [InlineData("0161 0162 00 0163 c002", "a.b c.b")]
    // A pointer to a pointer, and one to the end of a name.
    [InlineData("0161 00 0162 c000 0163 c003", "a b.a c.b.a")]
    [InlineData("0161 00 0162 c002", "a b")]
    // Twice the same, the root, what isn't a host name.
    [InlineData("0161 00 0161 00 c000 00", "a")]
    [InlineData("0161 00 025f61 00 03 612e62 00 0162 00", "a b")]
    // Malformed: nothing is taken.
    [InlineData("0161", "")]
    [InlineData("0261", "")]
    [InlineData("0161 00 0162", "")]
    [InlineData("0161 00 c0", "")]
    [InlineData("40 00", "")]
    [InlineData("80 00", "")]
    // To itself, to its own name, forward, beyond the end, and in a circle.
    [InlineData("c000", "")]
    [InlineData("0161 c000", "")]
    [InlineData("0161 c004 0162 00", "")]
    [InlineData("0161 00 c0ff", "")]
    [InlineData("c002 c000", "")]
    [InlineData("0161 00 0162 c003", "")]
    // In the middle of a label, where a pointer to itself is.
    [InlineData("02c001 00 c001", "")]
    public void SearchList_IsReadWholeOrNotAtAll(string hex, string expected) => Assert.Equal(expected, string.Join(' ', Search(hex)));

    [Fact]
    public void SearchList_HasAtMost32Names()
    {
        string hex = string.Concat(Enumerable.Range(0, 60).Select(static i => $"03{0x61 + (i / 26):x2}{0x61 + (i % 26):x2}6100"));
        Assert.Equal(32, Search(hex).Count);
    }

    // Each name is a pointer to the one before it.
    [Fact]
    public void SearchList_OfPointersAloneEnds()
    {
        StringBuilder hex = new("016100");
        for (int i = 0; i < 580; i++) hex.Append($"{0xc000 | (i == 0 ? 0 : 3 + (2 * (i - 1))):x4}");
        Assert.Equal(["a"], Search(hex.ToString()));
    }

    // 4 labels of 63 characters are 256 bytes.
    [Fact]
    public void SearchList_WithANameThatIsTooLongIsRefused()
    {
        string label = "3f" + string.Concat(Enumerable.Repeat("61", 63));
        Assert.Single(Search(string.Concat(Enumerable.Repeat(label, 3)) + "3d" + string.Concat(Enumerable.Repeat("61", 61)) + "00"));
        Assert.Empty(Search(string.Concat(Enumerable.Repeat(label, 4)) + "00" + "016100"));
    }

    // The two high bits are no part of a length (RFC 1035 4.1.4).
    [Fact]
    public void SearchList_WithALabelThatIsTooLongIsRefused()
    {
        string letters = string.Concat(Enumerable.Repeat("61", 63));
        Assert.Equal(2, Search("3f" + letters + "00" + "016100").Count);
        Assert.Empty(Search("40" + letters + "61" + "00" + "016100"));
    }

    private static IReadOnlyList<string> Search(string hex) =>
        new DhcpReply().With(DhcpOptionCode.DomainSearch, Convert.FromHexString(hex.Replace(" ", ""))).Lease().SearchDomains;
}
