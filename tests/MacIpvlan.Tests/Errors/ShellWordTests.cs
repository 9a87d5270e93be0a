namespace MacIpvlan.Tests.Errors;

/// <summary>Names in commands that people paste.</summary>
public sealed class ShellWordTests
{
    [Theory]
    [InlineData("eth0.100", "eth0.100")]
    [InlineData("/run/netns/web1", "/run/netns/web1")]
    [InlineData("net.ipv4.conf.eth0.arp_notify=1", "net.ipv4.conf.eth0.arp_notify=1")]
    [InlineData("my ns", "'my ns'")]
    [InlineData("pa$x", "'pa$x'")]
    [InlineData("a;b", "'a;b'")]
    [InlineData("#1", "'#1'")]
    [InlineData("~root", "'~root'")]
    [InlineData("-x", "'-x'")]
    [InlineData("", "''")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("it's $5", "'it'\\''s $5'")]
    [InlineData("line\nbreak", "'line\nbreak'")]
    public void Name_IsOneWord(string name, string expected) => Assert.Equal(expected, ShellWord.Quote(name));
}
