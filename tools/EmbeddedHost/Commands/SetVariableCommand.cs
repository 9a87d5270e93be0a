namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Set, "Variable")]
public sealed class SetVariableCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)] public string[] Name { get; set; } = [];
    [Parameter(Position = 1)] public object? Value { get; set; }

    /// <summary>global, script, private or local.</summary>
    [Parameter, ValidateSet("Global", "Script", "Private", "Local")] public string Scope { get; set; } = "Local";
    [Parameter] public ScopedItemOptions Option { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            string qualified = Scope is "Local" ? name : Scope + ":" + name;
            SessionState.PSVariable.Set(qualified, Value);
            if (Option != ScopedItemOptions.None)
                SessionState.PSVariable.Get(qualified).Options = Option;
        }
    }
}
