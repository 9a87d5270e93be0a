namespace EmbeddedHost.Pester;

/// <summary>It.</summary>
[Cmdlet(VerbsCommon.Add, "TestCase")]
public sealed class AddTestCaseCommand : TestDefinitionCommand
{
    protected override void Define(object? data, bool hasData)
    {
        TestBlock parent = TestDiscovery.Current.Block;
        var test = new TestCase
        {
            Name = Name,
            Path = [.. parent.Path, Name],
            Tag = Tag,
            Skip = Skip,
            Data = data,
            HasData = hasData,
            Body = Body,
            Parent = parent,
        };
        TestDiscovery.Current.Add(test);
    }
}
