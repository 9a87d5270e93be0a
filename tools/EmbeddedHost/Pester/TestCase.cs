namespace EmbeddedHost.Pester;

/// <summary>An It, or one of the several that -ForEach makes of it.</summary>
public sealed class TestCase : TestItem
{
    public bool Passed => Result is "Passed";

    public bool Skipped => Result is "Skipped";

    /// <summary>Whether the filters of the run let it run.</summary>
    public bool ShouldRun { get; internal set; }
}
