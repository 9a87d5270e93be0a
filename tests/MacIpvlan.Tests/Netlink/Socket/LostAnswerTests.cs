using MacIpvlan.Addressing;
using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

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
        for (int i = 0; i < 100; i++) Kernel.AnswersEach(_ => [new NetlinkException("receive netlink answer", errno)]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Socket.Execute([s_delete]));

        Assert.InRange(Kernel.Sent.Count, 2, 5);
        Assert.Equal(("ip link delete dev mv0", errno), (e.Step, e.Errno));
        Assert.True(e.IsAnswerLost);
        Assert.Contains("unknown whether the change was made", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Execute_OfADeletionThatWasMadeSucceedsThoughItsAnswerWasLost()
    {
        Kernel.AnswersEach(static _ => [s_overrun]).Answers(static s => Answer.Refusal(s, Errno.ENODEV));

        Socket.Execute([s_delete]);

        Assert.Equal(2, Kernel.Sent.Count);
    }

    [Fact]
    public void Execute_OfAnAddressThatWasAddedSucceedsThoughItsAnswerWasLost()
    {
        AddressAdd add = new(new Link { Index = 7, Name = "mv0" }, InterfaceAddress.Parse("10.1.0.7/24"));
        Kernel.AnswersEach(static _ => [s_overrun]).Answers(static s => Answer.Refusal(s, Errno.EEXIST));

        Socket.Execute([add]);

        // Without a lost answer, someone else added it.
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EEXIST));
        Assert.Equal(Errno.EEXIST, Assert.Throws<NetlinkException>(() => Socket.Execute([add])).Errno);
    }

    [Fact]
    public void Execute_ReportsARefusalOfTheRepetition()
    {
        Kernel.AnswersEach(static _ => [s_overrun]).Answers(static s => Answer.Refusal(s, Errno.EPERM));

        NetlinkException e = Assert.Throws<NetlinkException>(() => Socket.Execute([s_delete]));

        Assert.Equal((Errno.EPERM, false), (e.Errno, e.IsAnswerLost));
    }

    [Fact]
    public void Execute_DoesNotRepeatTheCreationOfALink()
    {
        Kernel.AnswersEach(static _ => [s_overrun]);

        Assert.True(Assert.Throws<NetlinkException>(() => Socket.Execute([new LinkAdd("mv0", new DummyLink())])).IsAnswerLost);
        Assert.Single(Kernel.Sent);
    }

    [Fact]
    public void Create_LooksForTheLinkWhenTheAnswerWasLost()
    {
        using RouteSocket socket = new(Kernel);
        Kernel.AnswersEach(static _ => [s_overrun]).Answers(static s => Answer.Link(s, "mv0", group: 4711, kind: "dummy"));

        Assert.Equal("mv0", socket.Create(new("mv0", new DummyLink()) { Group = 4711 }, socket).Name);
        Assert.Equal(2, Kernel.Sent.Count);
    }

    [Fact]
    public void Create_RepeatsWhatWasNotDoneWhenTheAnswerWasLost()
    {
        using RouteSocket socket = new(Kernel);
        Kernel.AnswersEach(static _ => [s_overrun]).Answers(static s => Answer.Refusal(s, Errno.ENODEV))
            .Answers(Answer.Ack).Answers(static s => Answer.Link(s, "mv0"));

        Assert.Equal("mv0", socket.Create(new("mv0", new DummyLink()) { Group = 4711 }, socket).Name);
    }

    [Fact]
    public void Create_DoesNotTakeTheLinkOfAnotherForItsOwn()
    {
        using RouteSocket socket = new(Kernel);
        Kernel.AnswersEach(static _ => [s_overrun]).Answers(static s => Answer.Link(s, "mv0", group: 1, kind: "dummy"))
            .Answers(static s => Answer.Refusal(s, Errno.EEXIST));

        NetlinkException e = Assert.Throws<NetlinkException>(() => socket.Create(new("mv0", new DummyLink()) { Group = 4711 }, socket));

        Assert.Equal(Errno.EEXIST, e.Errno);
    }

    [Fact]
    public void Questions_EndThoughDatagramsOfOthersNeverCease()
    {
        Kernel.AnswersEach(static _ => Endless(Answer.Message(Uapi.NLMSG_NOOP, 0, 0, [])));

        Assert.Equal(Errno.ENOBUFS, Assert.Throws<NetlinkException>(Get).Errno);
        Assert.Equal(Errno.ENOBUFS, Assert.Throws<NetlinkException>(Dump).Errno);
        Assert.Equal(Errno.ENOBUFS, Assert.Throws<NetlinkException>(() => Socket.Execute([s_delete])).Errno);
    }

    [Fact]
    public void Dump_EndsThoughRecordsNeverCease()
    {
        Kernel.AnswersEach(static sent => Endless(
            Answer.Datagram([.. Enumerable.Repeat(Answer.Message(Uapi.RTM_NEWLINK, Uapi.NLM_F_MULTI, sent[0].Sequence, new byte[16]), 1000)])));

        Assert.Equal(Errno.E2BIG, Assert.Throws<NetlinkException>(() => Socket.Dump<object>(new LinkGet(), static _ => s_get)).Errno);
    }

    [Fact]
    public void Dump_IsStoppedBeforeItIsRepeated()
    {
        using NetlinkSocket socket = new(Kernel, static () => throw new OperationCanceledException());
        Kernel.Answers(static s => Answer.Done(s, flags: Uapi.NLM_F_DUMP_INTR));

        Assert.Throws<OperationCanceledException>(() => socket.Dump(new LinkGet(), Link.Parse));
        Assert.Single(Kernel.Sent);
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
        Kernel.Answers(static s => Answer.Refusal(s - 1, Errno.EBUSY), Answer.Ack);

        Socket.Execute([s_delete]);

        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Execute_AfterAGarbledAnswerTakesItsOwnOnly()
    {
        Kernel.Answers(static _ => [1, 2, 3], static s => Answer.Refusal(s, Errno.EBUSY), Answer.Ack);
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

    private static IEnumerable<object> Endless(object datagram)
    {
        while (true) yield return datagram;
    }

    private Link? Get() => Socket.Get(s_get, Link.Parse);

    private IEnumerable<string> Dump() => Socket.Dump(new LinkGet(), Link.Parse).Select(static l => l.Name);
}
