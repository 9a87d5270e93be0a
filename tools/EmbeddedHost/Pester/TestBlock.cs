namespace EmbeddedHost.Pester;

/// <summary>A Describe or Context, or the unnamed block around a whole file.</summary>
public sealed class TestBlock : TestItem
{
    /// <summary>Blocks and tests in the order of their definition.</summary>
    public List<TestItem> Order { get; } = [];

    public IEnumerable<TestCase> Tests => Order.SelectMany(i => i is TestCase test ? [test] : ((TestBlock)i).Tests);

    internal List<ScriptBlock> BeforeAll { get; } = [];

    internal List<ScriptBlock> AfterAll { get; } = [];

    internal List<ScriptBlock> BeforeEach { get; } = [];

    internal List<ScriptBlock> AfterEach { get; } = [];

    /// <summary>This block and those around it, the file's first.</summary>
    internal IEnumerable<TestBlock> Chain => Parent is null ? [this] : Parent.Chain.Append(this);
}
