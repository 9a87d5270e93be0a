using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Socket;

/// <summary>Answers larger than the buffer.</summary>
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
        // What comes of a dump after its first datagram is made while the ones before are received (netlink_recvmsg):
        // a question that is asked in between is answered, by EBUSY, before that.
        Kernel
            .Answers(static s => Answer.DumpedLink(s, "a", padding: Large), static s => Answer.DumpedLink(s, "b"))
            .Answers(
                static s => Answer.Refusal(s, Errno.EBUSY), static s => Answer.DumpedLink(s - 1, "c"),
                static s => Answer.Done(s - 1))
            .AnswersEach(sent => Kernel.HasWaiting
                ? [Answer.Refusal(sent[0].Sequence, Errno.EBUSY)]
                : [Answer.DumpedLink(sent[0].Sequence, "a", padding: Large), Answer.Done(sent[0].Sequence)]);

        Assert.Equal(["a"], Dump());
        Assert.Equal(3, Kernel.Sent.Count);
    }

    [Fact]
    public void Execute_TellsThatAnAnswerWasCutOff()
    {
        for (int i = 0; i < 100; i++) Kernel.Answers(static s => [.. Answer.Message(Uapi.NLMSG_NOOP, 0, s, new byte[Large]), .. Answer.Ack(s)]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Socket.Execute([new LinkDelete(7, "mv0")]));

        Assert.Equal(("ip link delete dev mv0", Errno.EBADMSG, true), (e.Step, e.Errno, e.IsAnswerLost));
    }

    private IEnumerable<string> Dump() => Socket.Dump(new LinkGet(), Link.Parse).Select(static l => l.Name);
}
