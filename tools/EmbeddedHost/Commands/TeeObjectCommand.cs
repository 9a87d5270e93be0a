namespace Microsoft.PowerShell.Commands;

[Cmdlet("Tee", "Object")]
public sealed class TeeObjectCommand : PSCmdlet
{
    private readonly List<PSObject?> _items = [];

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "File")]
    [Alias("Path", "LiteralPath")]
    public string? FilePath { get; set; }

    [Parameter(ParameterSetName = "File")] public SwitchParameter Append { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = "Variable")] public string? Variable { get; set; }

    protected override void ProcessRecord()
    {
        _items.Add(InputObject);
        WriteObject(InputObject);
    }

    protected override void EndProcessing()
    {
        if (Variable is not null)
            SessionState.PSVariable.Set(Variable, _items.Count == 1 ? _items[0] : _items.ToArray());
        else
        {
            const string ToFile = "param($items, $path, $append) $items | Out-File -FilePath $path -Append:$append";
            InvokeCommand.InvokeScript(ToFile, useNewScope: true, default, null, _items, FilePath, Append);
        }
    }
}
