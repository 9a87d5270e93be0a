namespace EmbeddedHost.Pester;

/// <summary>Describe and Context.</summary>
[Cmdlet(VerbsCommon.Add, "TestBlock")]
public sealed class AddTestBlockCommand : TestDefinitionCommand
{
    protected override void Define(object? data, bool hasData)
    {
        TestBlock parent = TestDiscovery.Current.Block;
        var block = new TestBlock
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
        TestDiscovery.Current.Add(block);
    }
}
