namespace EmbeddedHost.Pester;

/// <summary>What a block and a test have in common. Member names are those of Pester's result objects.</summary>
public abstract class TestItem
{
    public string Name { get; init; } = "";

    /// <summary>The name with its templates replaced; the plain name until the item runs.</summary>
    public string ExpandedName
    {
        get => field ?? Name;
        internal set;
    }

    /// <summary>The names of the blocks around it and its own, as written.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    public string ExpandedPath =>
        Parent is null or { Parent: null } ? ExpandedName : Parent.ExpandedPath + "." + ExpandedName;

    public string[] Tag { get; init; } = [];

    public bool Skip { get; init; }

    /// <summary>The element of -ForEach that the item was made for.</summary>
    public object? Data { get; init; }

    /// <summary>Passed, Failed, Skipped, Inconclusive or NotRun.</summary>
    public string Result { get; internal set; } = "NotRun";

    public List<ErrorRecord> ErrorRecord { get; } = [];

    public TimeSpan Duration { get; internal set; }

    internal ScriptBlock Body { get; init; } = null!;

    internal bool HasData { get; init; }

    internal TestBlock? Parent { get; init; }

    /// <summary>Whether it or a block around it has been skipped by its definition.</summary>
    internal bool IsSkipped => Skip || (Parent?.IsSkipped ?? false);

    public override string ToString() => ExpandedPath;
}
