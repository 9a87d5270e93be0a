namespace MacIpvlan.Tests.Watching;

public class ServiceLogTests
{
    private readonly List<string> _lines = [];

    // What others have named, and what is between two lines of a log, are each one value.
    [Fact]
    public void Line_HasEachValueOnce_AndNothingForATerminal()
    {
        ServiceLog log = new(static _ => null, _lines.Add);

        log.Write(new(RestoredKind.Nic, "web\u001b[2J1/eth0", "lan", RestoreResult.Failed) { Reason = "A \"quoted\\name\"\nresult=Restored" });
        log.Write(new(RestoredKind.Lease, "web1/eth0", "lan", RestoreResult.Renewed));
        log.WriteWarning("a=b");

        Assert.Equal(
            [
                "kind=Nic name=web\uFFFD[2J1/eth0 network=lan result=Failed reason=\"A \\\"quoted\\\\name\\\"\uFFFDresult=Restored\"",
                "kind=Lease name=web1/eth0 network=lan result=Renewed",
                "kind=Warning reason=\"a=b\"",
            ],
            _lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5:x")]
    [InlineData("5:18446744073709551615")]
    public void Journal_ThatIsNotTheOutput_GetsNothing(string stream)
    {
        new ServiceLog(v => v == "JOURNAL_STREAM" ? stream : null, _lines.Add).WriteWarning("told");

        Assert.Equal(["kind=Warning reason=told"], _lines);
    }
}
