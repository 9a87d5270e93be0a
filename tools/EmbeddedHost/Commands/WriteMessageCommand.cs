namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Verbose, Write-Warning and Write-Debug: one text to the stream that the name says.</summary>
[Cmdlet(VerbsCommunications.Write, "Message")]
public sealed class WriteMessageCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("Msg")]
    [AllowEmptyString]
    public string Message { get; set; } = "";

    protected override void ProcessRecord()
    {
        switch (MyInvocation.MyCommand.Name)
        {
            case "Write-Verbose": WriteVerbose(Message); break;
            case "Write-Warning": WriteWarning(Message); break;
            case "Write-Debug": WriteDebug(Message); break;
        }
    }
}
