using MacIpvlan.Linux;
using MacIpvlan.Netlink;

namespace MacIpvlan.Tests.Socket;

/// <summary>What is not the answer is not taken for it: other numbers, other ports, what comes too late.</summary>
public sealed class ForeignAnswerTests : FakeKernelTest
{
    private static readonly RouteRequest s_up = new LinkSet(7, "mv0") { Up = true };
    private static readonly LinkGet s_get = new() { Name = "eth0" };

    [Fact]
    public void Execute_IgnoresAnotherSequence()
    {
        Kernel.Answers(
            static s => Answer.Refusal(s - 1, Errno.EBUSY), static s => Answer.Refusal(s + 1, Errno.EBUSY), Answer.Ack);

        Socket.Execute([s_up]);

        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Execute_IgnoresAnotherPort()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EBUSY, port: FakeKernel.Port + 1), Answer.Ack);

        Socket.Execute([s_up]);

        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Execute_IgnoresMessagesThatAreNoAnswers()
    {
        Kernel.Answers(
            static s => Answer.Message(Uapi.NLMSG_NOOP, 0, s, []), static s => Answer.Link(s, "eth0"),
            static s => Answer.Done(s),
            Answer.Ack);

        Socket.Execute([s_up]);

        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Execute_SkipsLateAnswersToAnEarlierBatch()
    {
        Kernel.Answers();
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<NetlinkException>(() => Socket.Execute([s_up])).Errno);
        Kernel.Answers(static s => Answer.Refusal(s - 1, Errno.ENETDOWN), Answer.Ack);

        Socket.Execute([s_up]);

        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Get_IgnoresAnotherSequenceAndPort()
    {
        Kernel.Answers(
            static s => Answer.Link(s - 1, "old"), static s => Answer.Link(s, "other", FakeKernel.Port + 1),
            static s => Answer.Refusal(s + 1, Errno.EBUSY), static s => Answer.Link(s, "eth0"));

        Assert.Equal("eth0", Socket.Get(s_get, Link.Parse)!.Name);
    }

    [Fact]
    public void Get_SkipsLateAnswersToAnEarlierQuestion()
    {
        Kernel.Answers();
        Assert.Equal(Errno.ETIMEDOUT, Assert.Throws<NetlinkException>(() => Socket.Get(s_get, Link.Parse)).Errno);
        Kernel.Answers(static s => Answer.Datagram(Answer.Link(s - 1, "late"), Answer.Link(s, "eth0")));

        Assert.Equal("eth0", Socket.Get(s_get, Link.Parse)!.Name);
    }

    [Fact]
    public void Dump_SkipsTheRestOfAnEarlierOne()
    {
        Kernel.Answers(
            static s => Answer.DumpedLink(s - 1, "late"), static s => Answer.Done(s - 1),
            static s => Answer.DumpedLink(s, "eth0"), static s => Answer.Done(s));

        Assert.Equal(["eth0"], Socket.Dump(new LinkGet(), Link.Parse).Select(static l => l.Name));
    }

    [Fact]
    public void Questions_TakeRecordsOfTheirOwnKindOnly()
    {
        // A reserved type, and an address: with the number and port of the question, but not what it asked for.
        Func<uint, byte[]>[] foreign =
        [
            static s => Answer.Message(Uapi.NLMSG_OVERRUN, 0, s, new byte[20]),
            static s => Answer.Message(Uapi.RTM_NEWADDR, 0, s, new byte[8]),
            static s => Answer.Message(Uapi.RTM_NEWADDR, Uapi.NLM_F_MULTI, s, new byte[16]),
        ];
        Kernel.Answers([.. foreign, static s => Answer.Link(s, "eth0")]);
        Kernel.Answers([.. foreign, static s => Answer.DumpedLink(s, "eth1"), static s => Answer.Done(s)]);

        Assert.Equal("eth0", Socket.Get(s_get, Link.Parse)!.Name);
        Assert.Equal(["eth1"], Socket.Dump(new LinkGet(), Link.Parse).Select(static l => l.Name));
    }
}
