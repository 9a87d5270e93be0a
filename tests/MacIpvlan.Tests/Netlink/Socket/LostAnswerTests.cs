using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Socket;

/// <summary>Answers that do not come, that were lost (ENOBUFS), or that cannot be read; and what comes after those.</summary>
public sealed class LostAnswerTests : FakeKernelTest
{
    private static readonly LinkGet s_get = new() { Name = "eth0" };
    private static readonly LinkDelete s_delete = new(7, "mv0");
    private static readonly NetlinkException s_overrun = new("receive netlink answer", Errno.ENOBUFS);

    [Fact]
    public void Dump_IsAskedForAgainWhenAnswersWereLost()
    {
        Kernel
            .AnswersEach(static sent => [Answer.DumpedLink(sent[0].Sequence, "lost"), s_overrun])
            .Answers(static s => Answer.DumpedLink(s, "a"), static s => Answer.Done(s));

        Assert.Equal(["a"], Dump());
    }

    [Fact]
    public void Get_IsAskedAgainWhenTheAnswerWasLost()
    {
        Kernel.AnswersEach(static _ => [s_overrun]).Answers(static s => Answer.Link(s, "eth0"));

        Assert.Equal("eth0", Get()!.Name);
    }

    [Fact]
    public void Dump_IsAskedForAgainWhenTheKernelHadNoRoom()
    {
        Kernel
            .Answers(static s => Answer.Refusal(s, Errno.ENOBUFS))
            .Answers(static s => Answer.DumpedLink(s, "a"), static s => Answer.Done(s));

        Assert.Equal(["a"], Dump());
    }

    [Fact]
    public void Dump_IsGivenUpWhenAnswersAreLostEachTime()
    {
        for (int i = 0; i < 1000; i++) Kernel.AnswersEach(static _ => [s_overrun]);

        NetlinkException e = Assert.Throws<NetlinkException>(Dump);

        Assert.Equal(("ip link show", Errno.ENOBUFS), (e.Step, e.Errno));
        Assert.Contains("incomplete", e.Message, StringComparison.Ordinal);
        Assert.InRange(Kernel.Sent.Count, 2, 100);
    }

    [Theory]
    [InlineData(Errno.ENOBUFS)]
    [InlineData(Errno.ETIMEDOUT)]
    public void Execute_TellsThatItDoesNotKnowWhatWasDone(int errno)
    {
        Kernel.AnswersEach(_ => [new NetlinkException("receive netlink answer", errno)]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Socket.Execute([s_delete]));

        // Asking again would change something a second time.
        Assert.Single(Kernel.Sent);
        Assert.Equal(("ip link delete dev mv0", errno), (e.Step, e.Errno));
        Assert.Contains("unknown whether the change was made", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Question_ThatNobodyAnswersIsToldOnce()
    {
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<NetlinkException>(Get).Errno);
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<NetlinkException>(Dump).Errno);
        Assert.Equal(2, Kernel.Sent.Count);
    }

    [Fact]
    public void Execute_AfterALostAnswerTakesItsOwnOnly()
    {
        Kernel.AnswersEach(static _ => [s_overrun]);
        Assert.Throws<NetlinkException>(() => Socket.Execute([s_delete]));
        Kernel.Answers(static s => Answer.Refusal(s - 1, Errno.EBUSY), Answer.Ack);

        Socket.Execute([s_delete]);

        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Execute_AfterAGarbledAnswerTakesItsOwnOnly()
    {
        Kernel.Answers(static _ => [1, 2, 3], static s => Answer.Refusal(s, Errno.EBUSY), Answer.Ack);
        Assert.Equal(Errno.EBADMSG, Assert.Throws<NetlinkException>(() => Socket.Execute([s_delete])).Errno);
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EPERM));

        Assert.Equal(Errno.EPERM, Assert.Throws<NetlinkException>(() => Socket.Execute([s_delete])).Errno);
    }

    [Fact]
    public void Get_AfterAGarbledAnswerTakesItsOwnOnly()
    {
        Kernel.Answers(static _ => [1, 2, 3], static s => Answer.Link(s, "old"));
        Assert.Equal(Errno.EBADMSG, Assert.Throws<NetlinkException>(Get).Errno);
        Kernel.Answers(static s => Answer.Link(s, "eth0"));

        Assert.Equal("eth0", Get()!.Name);
    }

    [Fact]
    public void Dump_AfterAGarbledOneLetsThatEndFirst()
    {
        Kernel.Answers(static _ => [1, 2, 3]);
        Assert.Equal(Errno.EBADMSG, Assert.Throws<NetlinkException>(Dump).Errno);
        Kernel
            .Answers(
                static s => Answer.Refusal(s, Errno.EBUSY), static s => Answer.DumpedLink(s - 1, "old"),
                static s => Answer.Done(s - 1))
            .Answers(static s => Answer.DumpedLink(s, "a"), static s => Answer.Done(s));

        Assert.Equal(["a"], Dump());
    }

    [Fact]
    public void Get_TellsThatTheKernelIsBusy()
    {
        // Only a dump has to wait for another one.
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EBUSY));

        Assert.Equal(Errno.EBUSY, Assert.Throws<NetlinkException>(Get).Errno);
    }

    private Link? Get() => Socket.Get(s_get, Link.Parse);

    private IEnumerable<string> Dump() => Socket.Dump(new LinkGet(), Link.Parse).Select(static l => l.Name);
}
