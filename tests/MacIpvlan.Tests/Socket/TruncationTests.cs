using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Socket;

/// <summary>Answers larger than the buffer, and receives that fail.</summary>
public sealed class TruncationTests : FakeKernelTest
{
    private const int Large = 50_000;
    [Fact]
    public void Get_AsksAgainWithRoomForAnAnswerThatWasCutOff()
    {
        Func<uint, byte[]> answer = static s =>
            [.. Answer.Message(Uapi.NLMSG_NOOP, 0, s, new byte[Large]), .. Answer.Link(s, "eth0")];
        Kernel.Answers(answer).Answers(answer);

        Link? link = Socket.Get(new LinkGet { Name = "eth0" }, Link.Parse);

        Assert.Equal("eth0", link!.Name);
        Assert.Equal(2, Kernel.Sent.Count);
        Assert.True(Kernel.BufferSizes[1] >= Large);
    }

    [Fact]
    public void Dump_AsksAgainWithRoomForADatagramThatWasCutOff()
    {
        Func<uint, byte[]>[] answer = [
            static s => Answer.DumpedLink(s, "a", padding: Large), static s => Answer.Done(s)];
        Kernel.Answers(answer).Answers(answer);

        Assert.Equal(["a"], Dump());
        Assert.True(Kernel.BufferSizes[^1] >= Large);
    }

    [Fact]
    public void Dump_AsksAgainWhenItsEndWasCutOffToo()
    {
        // netlink_dump puts the end into the last datagram where the dump's own function says that it is over. (Those
        // for links in 6.1 and 6.18 do not.) Nothing comes after it: to wait for the end is to wait for the time-out.
        Func<uint, byte[]> answer = static s =>
            Answer.Datagram(Answer.DumpedLink(s, "a", padding: Large), Answer.DumpedLink(s, "b"), Answer.Done(s));
        Kernel.Answers(answer).Answers(answer);

        Assert.Equal(["a", "b"], Dump());
    }

    [Fact]
    public void Dump_LetsTheCutOffOneEndBeforeItAsksAgain()
    {
        // A socket has one dump under way at most: the kernel answers EBUSY to a second one (netlink_dump_start).
        // Here it ends with the third datagram, and the first is cut off.
        Kernel.Answers(
            static s => Answer.DumpedLink(s, "a", padding: Large), static s => Answer.DumpedLink(s, "b"),
            static s => Answer.Done(s));
        Func<SentMessage[], IEnumerable<object>> whenFree = sent => Kernel.HasWaiting
            ? [Answer.Refusal(sent[0].Sequence, Errno.EBUSY)]
            : (object[])
            [
                Answer.DumpedLink(sent[0].Sequence, "a", padding: Large), Answer.DumpedLink(sent[0].Sequence, "b"),
                Answer.Done(sent[0].Sequence),
            ];
        Kernel.AnswersEach(whenFree).AnswersEach(whenFree);

        Assert.Equal(["a", "b"], Dump());
    }

    [Fact]
    public void Execute_TellsThatAnAnswerWasCutOff()
    {
        Kernel.Answers(static s => [.. Answer.Message(Uapi.NLMSG_NOOP, 0, s, new byte[Large]), .. Answer.Ack(s)]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Socket.Execute([new LinkDelete(7, "mv0")]));

        // Asking again would change something a second time.
        Assert.Equal(("ip link delete dev mv0", Errno.EBADMSG), (e.Step, e.Errno));
        Assert.Single(Kernel.Sent);
    }

    [Theory]
    [InlineData(Errno.ENOBUFS)]
    [InlineData(Errno.ETIMEDOUT)]
    public void Receive_ThatFailsIsTold(int errno)
    {
        NetlinkException failure = new("receive netlink answer", errno);
        for (int i = 0; i < 3; i++) Kernel.AnswersEach(_ => [failure]);

        Assert.Same(failure, Assert.Throws<NetlinkException>(() => Socket.Execute([new LinkDelete(7, "mv0")])));
        Assert.Same(
            failure, Assert.Throws<NetlinkException>(() => Socket.Get(new LinkGet { Name = "eth0" }, Link.Parse)));
        Assert.Same(failure, Assert.Throws<NetlinkException>(() => Socket.Dump(new LinkGet(), Link.Parse)));
    }

    [Fact]
    public void Socket_GoesOnAfterAReceiveThatFailed()
    {
        Kernel.AnswersEach(
            static _ => [new NetlinkException("receive netlink answer", Errno.ENOBUFS)]).Answers(Answer.Ack);
        Assert.Throws<NetlinkException>(() => Socket.Execute([new LinkDelete(7, "mv0")]));

        Socket.Execute([new LinkDelete(7, "mv0")]);

        Assert.Equal(2, Kernel.Sent.Count);
    }

    private IEnumerable<string> Dump() => Socket.Dump(new LinkGet(), Link.Parse).Select(static l => l.Name);
}
