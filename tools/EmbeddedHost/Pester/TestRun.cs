namespace EmbeddedHost.Pester;

/// <summary>What <c>Invoke-Pester -PassThru</c> returns. Member names are Pester's.</summary>
public sealed class TestRun(IReadOnlyList<TestContainer> containers, TimeSpan duration)
{
    public IReadOnlyList<TestContainer> Containers { get; } = containers;

    public TestCase[] Tests { get; } = [.. containers.SelectMany(c => c.Root.Tests)];

    public TestCase[] Failed => With("Failed");

    public TestCase[] Passed => With("Passed");

    public TestCase[] Skipped => With("Skipped");

    public TestBlock[] FailedBlocks =>
        [.. Containers.SelectMany(c => TestContainer.Blocks(c.Root)).Where(b => b.Result is "Failed")];

    public TestContainer[] FailedContainers => [.. Containers.Where(c => c.ErrorRecord.Count > 0)];

    public int TotalCount => Tests.Length;

    public int PassedCount => Passed.Length;

    public int FailedCount => Failed.Length;

    public int SkippedCount => Skipped.Length;

    public int InconclusiveCount => With("Inconclusive").Length;

    public int NotRunCount => With("NotRun").Length;

    public int FailedBlocksCount => FailedBlocks.Length;

    public int FailedContainersCount => FailedContainers.Length;

    public TimeSpan Duration { get; } = duration;

    public string Result => FailedCount + FailedBlocksCount + FailedContainersCount > 0 ? "Failed" : "Passed";

    private TestCase[] With(string result) => [.. Tests.Where(t => t.Result == result)];
}
