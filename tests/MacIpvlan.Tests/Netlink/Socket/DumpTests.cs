using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Socket;

/// <summary>Questions: for one thing, and for all of them.</summary>
public sealed class DumpTests : FakeKernelTest
{
    [Fact]
    public void Get_TakesOneMessageForTheAnswer()
    {
        Kernel.Answers(static s => Answer.Link(s, "eth0"));

        Assert.Equal("eth0", Get()!.Name);
        Assert.Equal(Uapi.NLM_F_REQUEST, Kernel.Sent[0][0].Flags);
    }

    [Fact]
    public void Get_FindsNothingWhereThereIsNoSuchDevice()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.ENODEV));

        Assert.Null(Get());
    }

    [Fact]
    public void Get_TellsAnyOtherRefusal()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EPERM, "not yours"));

        NetlinkException e = Assert.Throws<NetlinkException>(Get);

        Assert.Equal(("ip link show dev eth0", Errno.EPERM, "not yours"), (e.Step, e.Errno, e.KernelText));
    }

    [Fact]
    public void Dump_OfRoutesIsEmptyWhereThereIsNoTableYet()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.ENOENT, "ipv4: FIB table does not exist"));

        Assert.Empty(Socket.Dump(new RouteGet(System.Net.Sockets.AddressFamily.InterNetwork), RouteGet.Parse));
    }

    [Fact]
    public void Dump_TakesAllDatagramsUpToTheEnd()
    {
        Kernel.Answers(
            static s => Answer.Datagram(Answer.DumpedLink(s, "a"), Answer.DumpedLink(s, "b")),
            static s => Answer.DumpedLink(s, "c"),
            static s => Answer.Datagram(Answer.DumpedLink(s, "d"), Answer.Done(s)));

        Assert.Equal(["a", "b", "c", "d"], Dump());
        Assert.Equal(Uapi.NLM_F_REQUEST | Uapi.NLM_F_DUMP, Assert.Single(Kernel.Sent)[0].Flags);
    }

    [Fact]
    public void Dump_MayBeEmpty()
    {
        Kernel.Answers(static s => Answer.Done(s));

        Assert.Empty(Dump());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dump_IsAskedForAgainWhenAChangeInterruptedIt(bool saysSoInTheEnd)
    {
        int early = saysSoInTheEnd ? 0 : Uapi.NLM_F_DUMP_INTR, late = saysSoInTheEnd ? Uapi.NLM_F_DUMP_INTR : 0;
        Kernel
            .Answers(
                s => Answer.DumpedLink(s, "a", early), static s => Answer.DumpedLink(s, "b"),
                s => Answer.Done(s, flags: late))
            .Answers(static s => Answer.Datagram(Answer.DumpedLink(s, "a"), Answer.DumpedLink(s, "c"), Answer.Done(s)));

        Assert.Equal(["a", "c"], Dump());
        Assert.Equal(2, Kernel.Sent.Count);
    }

    [Fact]
    public void Dump_IsGivenUpWhenChangesDoNotEnd()
    {
        for (int i = 0; i < 1000; i++) Kernel.Answers(static s => Answer.Done(s, flags: Uapi.NLM_F_DUMP_INTR));

        NetlinkException e = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal(("ip link show", Errno.EBUSY), (e.Step, e.Errno));
        Assert.InRange(Kernel.Sent.Count, 2, 100);
    }

    [Fact]
    public void Dump_TellsAnErrorInItsEnd()
    {
        Kernel.Answers(
            static s => Answer.DumpedLink(s, "a"), static s => Answer.Done(
                s, Errno.ENOENT, "FIB table does not exist"));

        NetlinkException e = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal(("ip link show", Errno.ENOENT, "FIB table does not exist"), (e.Step, e.Errno, e.KernelText));
    }

    [Fact]
    public void Dump_TellsARefusal()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EOPNOTSUPP, "no dumps here"));

        NetlinkException e = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal(("ip link show", Errno.EOPNOTSUPP, "no dumps here"), (e.Step, e.Errno, e.KernelText));
    }

    [Fact]
    public void Dump_TellsThatADeviceIsGone()
    {
        // What Linux 6.18 answers to a dump of the addresses of a link that is not there.
        Kernel.Answers(static s => Answer.Done(s, Errno.ENODEV));

        NetlinkException e = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal(Errno.ENODEV, e.Errno);
        Assert.Single(Kernel.Sent);
    }

    [Fact]
    public void Dump_RefusesAMalformedMessage()
    {
        Kernel.Answers(
            static s => Answer.Message(Uapi.RTM_NEWLINK, Uapi.NLM_F_MULTI, s, new byte[4]), static s => Answer.Done(s));

        Assert.Equal(Errno.EBADMSG, Assert.Throws<NetlinkException>(Dump).Errno);
    }

    private Link? Get() => Socket.Get(new LinkGet { Name = "eth0" }, Link.Parse);

    private IEnumerable<string> Dump() => Socket.Dump(new LinkGet(), Link.Parse).Select(static l => l.Name);
}
