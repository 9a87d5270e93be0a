namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Get, "Variable")]
public sealed class GetVariableCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true)] public string[] Name { get; set; } = ["*"];
    [Parameter] public SwitchParameter ValueOnly { get; set; }
    [Parameter, ValidateSet("Global", "Script", "Local")] public string? Scope { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            PSVariable[] found = Find(name);
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(new ErrorRecord(
                    new ItemNotFoundException($"Cannot find a variable with the name '{name}'."),
                    "VariableNotFound", ErrorCategory.ObjectNotFound, name));
            }
            foreach (PSVariable variable in found)
                WriteObject(ValueOnly ? variable.Value : variable);
        }
    }

    private PSVariable[] Find(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
            return SessionState.PSVariable.Get(Scope is null ? name : $"{Scope}:{name}") is { } found ? [found] : [];
        return [.. InvokeProvider.Item.Get(["variable:" + name], force: true, literalPath: false)
            .Select(i => i.BaseObject).OfType<PSVariable>()];
    }
}
