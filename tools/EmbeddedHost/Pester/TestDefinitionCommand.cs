namespace EmbeddedHost.Pester;

/// <summary>Describe, Context and It.</summary>
public abstract class TestDefinitionCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)] public string Name { get; set; } = "";

    [Parameter(Position = 1, Mandatory = true)]
    [Alias("Fixture", "Test", "ScriptBlock")]
    public ScriptBlock Body { get; set; } = null!;

    [Parameter, Alias("TestCases"), AllowNull, AllowEmptyCollection] public object?[]? ForEach { get; set; }
    [Parameter, Alias("Tags")] public string[] Tag { get; set; } = [];
    [Parameter] public SwitchParameter Skip { get; set; }
    [Parameter] public SwitchParameter AllowNullOrEmptyForEach { get; set; }

    protected override void EndProcessing()
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(ForEach)))
            Define(data: null, hasData: false);
        foreach (object? data in ForEach ?? [])
            Define(data, hasData: true);
    }

    protected abstract void Define(object? data, bool hasData);
}
