using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Tests.Socket;

/// <summary>The typed verbs, and how they describe themselves.</summary>
public sealed class RouteSocketTests : FakeKernelTest
{
    private readonly List<string> _traced = [];

    [Theory]
    [InlineData(null, "ip link set dev mv0 up", "ip -6 route add default dev mv0 proto static")]
    [InlineData("web1", "ip -n web1 link set dev mv0 up", "ip -n web1 -6 route add default dev mv0 proto static")]
    [InlineData(
        "/proc/7/ns/net", "nsenter --net=/proc/7/ns/net ip link set dev mv0 up",
        "nsenter --net=/proc/7/ns/net ip -6 route add default dev mv0 proto static")]
    public void Execute_TracesEachStepAsTheCommandForItsNamespace(string? name, string up, string route)
    {
        using NamespaceHandle? target = name is null ? null : NamespaceHandle.Open(name, "/proc/self/ns/net");
        using RouteSocket socket = new(Kernel, target, _traced.Add);
        Link link = new() { Index = 7, Name = "mv0" };
        Kernel.Answers(Answer.Ack);

        socket.Execute(
            new LinkSet(7, "mv0") { Up = true },
            new RouteAdd(link, IPPrefix.Parse("::/0")));

        Assert.Equal([up, route], _traced);
    }

    [Theory]
    [InlineData(null, "sysctl -w a=1")]
    [InlineData("web1", "ip netns exec web1 sysctl -w a=1")]
    [InlineData("/proc/7/ns/net", "nsenter --net=/proc/7/ns/net sysctl -w a=1")]
    public void InNamespace_SaysOtherCommandsTheirWay(string? name, string expected)
    {
        using NamespaceHandle? target = name is null ? null : NamespaceHandle.Open(name, "/proc/self/ns/net");
        using RouteSocket socket = new(Kernel, target);

        Assert.Equal(expected, socket.InNamespace("sysctl -w a=1"));
    }

    [Fact]
    public void Execute_TracesBeforeTheKernelIsAsked()
    {
        using RouteSocket socket = new(Kernel, trace: text => _traced.Add($"{Kernel.Sent.Count} {text}"));
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EBUSY));

        Assert.Throws<NetlinkException>(() => socket.Execute(new LinkDelete(7, "mv0")));

        Assert.Equal(["0 ip link delete dev mv0"], _traced);
    }

    [Fact]
    public void Questions_AreNotTraced()
    {
        using RouteSocket socket = new(Kernel, trace: _traced.Add);
        Kernel.Answers(static s => Answer.Link(s, "eth0")).Answers(static s => Answer.Refusal(s, Errno.ENODEV));
        Kernel.Answers(static s => Answer.Datagram(Answer.DumpedLink(s, "eth0"), Answer.Done(s)));

        Assert.Equal("eth0", socket.FindLink("eth0")!.Name);
        Assert.Null(socket.FindLink(99));
        Assert.Equal(["eth0"], socket.GetLinks().Select(static l => l.Name));
        Assert.Empty(_traced);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    public void FindLink_DoesNotAskForWhatCannotBe(string name)
    {
        using RouteSocket socket = new(Kernel);

        Assert.Null(socket.FindLink(name));
        Assert.Empty(Kernel.Sent);
    }

    [Fact]
    public void FindLink_DoesNotAskForANameLongerThanAnyLinkHas()
    {
        using RouteSocket socket = new(Kernel);

        Assert.Null(socket.FindLink(new string('a', 300)));
        // 64 characters, 128 bytes.
        Assert.Null(socket.FindLink(new string('é', 64)));
        Assert.Empty(Kernel.Sent);
    }

    [Fact]
    public void Refusal_ReadsAsCommandKernelsWordsAndErrorNumber()
    {
        using RouteSocket socket = new(Kernel);
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EINVAL, "mtu greater than device maximum"));

        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.Execute(
            new LinkAdd("mv0", new MacvlanLink(MacvlanMode.Bridge))
            {
                Parent = new() { Index = 7, Name = "eth0" }, Mtu = 9000,
            }));

        Assert.Equal(
            "ip link add link eth0 name mv0 mtu 9000 type macvlan mode bridge: mtu greater than device maximum "
            + "(EINVAL: Invalid argument).",
            e.Message);
    }

    [Fact]
    public void Refusal_WithoutWordsReadsAsCommandAndErrorNumber()
    {
        using RouteSocket socket = new(Kernel);
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EBUSY));

        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.Execute(new LinkDelete(7, "mv0")));

        Assert.Equal("ip link delete dev mv0: Device or resource busy (EBUSY).", e.Message);
        Assert.Equal("EBUSY", e.ErrnoName);
    }

    [Fact]
    public void Dispose_ClosesTheTransport()
    {
        new RouteSocket(Kernel).Dispose();

        Assert.True(Kernel.IsDisposed);
    }
}
