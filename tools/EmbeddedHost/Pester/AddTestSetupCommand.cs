namespace EmbeddedHost.Pester;

/// <summary>BeforeAll, AfterAll, BeforeEach and AfterEach, and BeforeDiscovery, which runs at once.</summary>
[Cmdlet(VerbsCommon.Add, "TestSetup")]
public sealed class AddTestSetupCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)] public ScriptBlock ScriptBlock { get; set; } = null!;

    protected override void EndProcessing()
    {
        TestBlock block = TestDiscovery.Current.Block;
        // The alias that was used: all of them lead here.
        switch (MyInvocation.InvocationName.ToLowerInvariant())
        {
            case "beforeall": block.BeforeAll.Add(ScriptBlock); break;
            case "afterall": block.AfterAll.Add(ScriptBlock); break;
            // Pester has these in blocks alone, and fails the file.
            case "beforeeach" or "aftereach" when block.Parent is null:
                throw new PSInvalidOperationException($"{MyInvocation.InvocationName} is not supported outside of Describe.");
            case "beforeeach": block.BeforeEach.Add(ScriptBlock); break;
            case "aftereach": block.AfterEach.Add(ScriptBlock); break;
            case "beforediscovery": InvokeCommand.InvokeScript(false, ScriptBlock, null); break;
            default: throw new PSInvalidOperationException($"'{MyInvocation.InvocationName}' is not a test keyword.");
        }
    }
}
