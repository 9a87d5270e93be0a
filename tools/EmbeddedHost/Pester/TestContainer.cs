namespace EmbeddedHost.Pester;

/// <summary>One test file.</summary>
public sealed class TestContainer(string path)
{
    /// <summary>The full path of the file.</summary>
    public string Item { get; } = path;

    public TestBlock Root { get; } = new();

    /// <summary>Why the file could not be read or run.</summary>
    public List<ErrorRecord> ErrorRecord { get; } = [];

    public TimeSpan Duration { get; internal set; }

    public string Result => ErrorRecord.Count > 0 || Blocks(Root).Any(b => b.Result is "Failed")
        || Root.Tests.Any(t => t.Result is "Failed") ? "Failed" : "Passed";

    public override string ToString() => Item;

    internal static IEnumerable<TestBlock> Blocks(TestBlock block) =>
        block.Order.OfType<TestBlock>().SelectMany(Blocks).Prepend(block);
}
