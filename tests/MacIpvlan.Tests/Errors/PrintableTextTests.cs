using System.Text;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Tests.Socket;
using static MacIpvlan.Linux.Uapi;

namespace MacIpvlan.Tests.Errors;

/// <summary>What others name is shown without what would control a terminal, wherever it is shown.</summary>
public sealed class PrintableTextTests : FakeKernelTest
{
    // A sequence of a terminal, its 8-bit form, a bell, a delete, a text direction, a letter of no width, half a letter.
    private const string Hostile = "a\u001b[2J\u009b2J\a\u007f\u202e\u200b\u2028\ud800z";
    private const string Cleaned = "a\uFFFD[2J\uFFFD2J\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDz";

    [Theory]
    [InlineData("")]
    [InlineData("web1/eth0")]
    [InlineData("né 网络 😀 e\u0301 a\u00a0b")]
    public void Text_ThatIsHarmlessStays(string text)
    {
        Assert.True(PrintableText.Is(text));
        Assert.Same(text, PrintableText.Clean(text));
    }

    [Fact]
    public void Text_ThatIsHostileIsCleaned()
    {
        Assert.False(PrintableText.Is(Hostile));
        Assert.Equal(Cleaned, PrintableText.Clean(Hostile));
        Assert.All(Hostile.Where(static c => c is not ('a' or 'z' or '[' or '2' or 'J')), static c => Assert.False(PrintableText.Is($"a{c}z")));
    }

    [Fact]
    public void Errors_AreCleaned()
    {
        NetworkException network = new(NetworkError.ParentInUse, Hostile, Hostile);
        NetlinkException kernel = new(Hostile, Errno.EBUSY, Hostile);

        Assert.Equal((Cleaned, Cleaned), (network.Message, network.RecommendedAction));
        Assert.Equal((Cleaned, Cleaned), (kernel.Step, kernel.KernelText));
        Assert.True(PrintableText.Is(kernel.Message));
    }

    [Fact]
    public void Messages_OfACommandAreCleaned()
    {
        List<string> messages = [];
        using NetworkSession session = new(static _ => throw new InvalidOperationException())
        {
            Trace = messages.Add,
            Warn = messages.Add,
            Recovering = static _ => { },
        };

        session.Trace(Hostile);
        session.Warn(Hostile);

        Assert.Equal([Cleaned, Cleaned], messages);
    }

    [Fact]
    public void Links_AreCleaned()
    {
        byte[] text = Encoding.UTF8.GetBytes("a\u001bz");
        Kernel.Answers(s => Answer.Message(RTM_NEWLINK, 0, s,
        [
            .. new byte[16], .. Attribute(IFLA_IFNAME, text), .. Attribute(IFLA_IFALIAS, text),
            .. Attribute(IFLA_PROP_LIST, Attribute(IFLA_ALT_IFNAME, text)), .. Attribute(IFLA_LINKINFO, Attribute(IFLA_INFO_KIND, text)),
        ]));

        Link link = Socket.Get(new LinkGet { Index = 1 }, Link.Parse)!;

        Assert.Equal(Enumerable.Repeat("a\uFFFDz", 4), [link.Name, link.Alias, link.AlternativeNames[0], link.KindName!]);
    }

    private static byte[] Attribute(int type, byte[] value) =>
        [(byte)(4 + value.Length), 0, (byte)type, (byte)(type >> 8), .. value, .. new byte[-value.Length & 3]];
}
