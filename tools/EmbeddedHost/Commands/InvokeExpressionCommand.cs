namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsLifecycle.Invoke, "Expression")]
public sealed class InvokeExpressionCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)] public string Command { get; set; } = "";

    protected override void ProcessRecord() => WriteObject(
        SessionState.InvokeCommand.InvokeScript(false, ScriptBlock.Create(Command), null), enumerateCollection: true);
}
