using EmbeddedHost;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommunications.Write, "Error", DefaultParameterSetName = "Message")]
public sealed class WriteErrorCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Message")]
    [Parameter(ParameterSetName = "Exception")]
    [Alias("Msg")]
    [AllowNull]
    [AllowEmptyString]
    public string? Message { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Exception")]
    public Exception? Exception { get; set; }

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "ErrorRecord")]
    public ErrorRecord? ErrorRecord { get; set; }

    [Parameter] public ErrorCategory Category { get; set; }
    [Parameter] public string ErrorId { get; set; } = "Microsoft.PowerShell.Commands.WriteErrorException";
    [Parameter] public object? TargetObject { get; set; }
    [Parameter] public string? RecommendedAction { get; set; }

    protected override void ProcessRecord()
    {
        ErrorRecord record = ErrorRecord is null
            ? new ErrorRecord(Exception ?? new WriteErrorException(Message ?? ""), ErrorId, Category, TargetObject)
            : new ErrorRecord(ErrorRecord, replaceParentContainsErrorRecordException: null);
        if (Exception is not null && Message is not null)
            record.ErrorDetails = new ErrorDetails(Message);
        if (RecommendedAction is not null)
            (record.ErrorDetails ??= new ErrorDetails(record.Exception.Message)).RecommendedAction = RecommendedAction;
        if (GetVariableValue("MyInvocation") is InvocationInfo caller)
            EngineInternals.SetPosition(record, caller);
        record.CategoryInfo.Activity = "Write-Error";
        WriteError(record);
    }
}
