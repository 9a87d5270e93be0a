namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.New, "Item", SupportsShouldProcess = true)]
public sealed class NewItemCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    [Parameter] public string? Name { get; set; }
    [Parameter, Alias("Type")] public string? ItemType { get; set; }
    [Parameter(ValueFromPipeline = true), Alias("Target")] public object? Value { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            if (!ShouldProcess(path))
                continue;
            try
            {
                WriteObject(InvokeProvider.Item.New([path], Name, ItemType, Value, Force), enumerateCollection: true);
            }
            catch (RuntimeException e) when (e is not (PipelineStoppedException or ActionPreferenceStopException))
            {
                WriteError(new ErrorRecord(e.ErrorRecord, e));
            }
        }
    }
}
