using MacIpvlan.Linux;
using MacIpvlan.Netlink;
using MacIpvlan.Netlink.Kinds;

namespace MacIpvlan.Tests.Socket;

/// <summary>A batch of changes: one datagram out, and answers until the last request has its own.</summary>
public sealed class ExecuteTests : FakeKernelTest
{
    private static readonly RouteRequest s_add = new LinkAdd("mv0", new MacvlanLink(MacvlanMode.Bridge));
    private static readonly RouteRequest s_up = new LinkSet(7, "mv0") { Up = true };
    private static readonly RouteRequest s_delete = new LinkDelete(7, "mv0");

    [Fact]
    public void Requests_GoOutInOneDatagramAndOnlyTheLastAsksForAnAnswer()
    {
        Kernel.Answers(Answer.Ack);

        Execute(s_add, s_up, s_delete);

        SentMessage[] sent = Assert.Single(Kernel.Sent);
        Assert.Equal([Uapi.RTM_NEWLINK, Uapi.RTM_SETLINK, Uapi.RTM_DELLINK], sent.Select(static m => m.Type));
        Assert.Equal([0x601, 0x001, 0x005], sent.Select(static m => (int)m.Flags));
        Assert.Equal(3, sent.Select(static m => m.Sequence).Distinct().Count());
    }

    [Fact]
    public void Sequence_GoesOnFromBatchToBatch()
    {
        Kernel.Answers(Answer.Ack).Answers(Answer.Ack);

        Execute(s_add, s_up);
        Execute(s_delete);

        Assert.Equal(3, Kernel.Sent.SelectMany(static s => s).Select(static m => m.Sequence).Distinct().Count());
    }

    [Fact]
    public void Answers_MayComeInSeveralDatagrams()
    {
        Kernel.AnswersEach(static sent =>
            [
                Answer.Refusal(sent[0].Sequence, Errno.EEXIST), Answer.Refusal(sent[1].Sequence, Errno.ENETDOWN),
                Answer.Ack(sent[2].Sequence)]);

        Assert.Equal(Errno.EEXIST, Assert.Throws<NetlinkException>(() => Execute(s_add, s_up, s_delete)).Errno);
        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Answers_MayComeInOneDatagram()
    {
        Kernel.AnswersEach(
            static sent => [
                Answer.Datagram(Answer.Refusal(sent[1].Sequence, Errno.ENETDOWN), Answer.Ack(sent[2].Sequence))]);

        Assert.Equal(Errno.ENETDOWN, Assert.Throws<NetlinkException>(() => Execute(s_add, s_up, s_delete)).Errno);
    }

    [Fact]
    public void Refusal_OfOneInTheMiddleIsToldAfterTheLastIsAnswered()
    {
        Kernel.AnswersEach(
            static sent => [Answer.Refusal(sent[1].Sequence, Errno.EBUSY), Answer.Ack(sent[2].Sequence)]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Execute(s_add, s_up, s_delete));

        Assert.Equal("ip link set dev mv0 up", e.Step);
        Assert.False(Kernel.HasWaiting);
    }

    [Fact]
    public void Refusal_OfTheLastIsItsAnswer()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EBUSY));

        NetlinkException e = Assert.Throws<NetlinkException>(() => Execute(s_add, s_up));

        Assert.Equal("ip link set dev mv0 up", e.Step);
    }

    [Fact]
    public void Refusals_OfSeveralAreToldByTheFirst()
    {
        Kernel.AnswersEach(static sent =>
        [
            Answer.Refusal(sent[0].Sequence, Errno.EINVAL, "first"),
            Answer.Refusal(sent[1].Sequence, Errno.ENODEV, "second"),
        ]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Execute(s_add, s_up));

        Assert.Equal(
            ("ip link add name mv0 type macvlan mode bridge", Errno.EINVAL, "first"), (e.Step, e.Errno, e.KernelText));
    }

    [Fact]
    public void Refusal_ThatTheRequestToleratesCountsAsDone()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.ENODEV));

        Execute(s_delete);

        Assert.Single(Kernel.Sent);
    }

    [Fact]
    public void Refusal_ThatAnotherRequestWouldTolerateIsTold()
    {
        Kernel.AnswersEach(
            static sent => [
                Answer.Refusal(sent[0].Sequence, Errno.ENODEV), Answer.Refusal(sent[1].Sequence, Errno.ENODEV)]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Execute(s_up, s_delete));

        Assert.Equal("ip link set dev mv0 up", e.Step);
    }

    [Fact]
    public void Refusal_HasTheKernelsWordsWithTheRequestsHeader()
    {
        Kernel.Answers(static s => Answer.Refusal(s, Errno.EINVAL, "mtu greater than device maximum"));

        Assert.Equal(
            "mtu greater than device maximum", Assert.Throws<NetlinkException>(() => Execute(s_add)).KernelText);
    }

    [Fact]
    public void Refusal_HasTheKernelsWordsWithTheWholeRequest()
    {
        Kernel.AnswersEach(
            static sent => [Answer.QuotingRefusal(sent[0], Errno.EINVAL, "mtu greater than device maximum")]);

        Assert.Equal(
            "mtu greater than device maximum", Assert.Throws<NetlinkException>(() => Execute(s_add)).KernelText);
    }

    [Fact]
    public void Refusal_MayBeWithoutWords()
    {
        Kernel.AnswersEach(static sent => [Answer.QuotingRefusal(sent[0], Errno.EINVAL)]);

        Assert.Null(Assert.Throws<NetlinkException>(() => Execute(s_add)).KernelText);
    }

    [Theory]
    [InlineData(Errno.EPERM, true)]
    // So does the kernel refuse an IPv6 address if IPv6 is off on the link.
    [InlineData(Errno.EACCES, false)]
    public void Refusal_NamesAPrivilegeOnlyIfItIsLacked(int errno, bool isLacked)
    {
        Kernel.AnswersEach(sent => [Answer.Refusal(sent[0].Sequence, errno)]);

        NetlinkException e = Assert.Throws<NetlinkException>(() => Execute(s_add));

        Assert.Equal(isLacked, e.MissingPrivilege is not null);
        Assert.Equal(isLacked, e.Message.Contains("CAP_NET_ADMIN", StringComparison.Ordinal));
    }

    [Fact]
    public void Batch_OfNothingAsksNothing()
    {
        Execute();

        Assert.Empty(Kernel.Sent);
    }

    [Fact]
    public void Batch_ThatIsLargeGoesOutInPieces()
    {
        // The answers to one piece have to fit into the socket's receive queue, also when all are refusals.
        Kernel.AnswersEach(static sent =>
            [Answer.Refusal(sent[3].Sequence, Errno.EBUSY, "first"), Answer.Ack(sent[^1].Sequence)]);
        Kernel.AnswersEach(static sent => [
            Answer.Refusal(sent[0].Sequence, Errno.EPERM, "second"), Answer.Ack(sent[^1].Sequence)]);
        RouteRequest[] requests = [.. Enumerable.Range(1, 100).Select(static i => new LinkDelete(i, $"mv{i}"))];

        NetlinkException e = Assert.Throws<NetlinkException>(() => Execute(requests));

        Assert.Equal(("ip link delete dev mv4", "first"), (e.Step, e.KernelText));
        Assert.Equal([64, 36], Kernel.Sent.Select(static s => s.Length));
        Assert.All(Kernel.Sent, static s => Assert.Equal(0x005, s[^1].Flags));
        Assert.Equal(100, Kernel.Sent.SelectMany(static s => s).Select(static m => m.Sequence).Distinct().Count());
    }

    private void Execute(params ReadOnlySpan<RouteRequest> requests) => Socket.Execute(requests);
}
