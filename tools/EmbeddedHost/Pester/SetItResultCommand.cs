namespace EmbeddedHost.Pester;

/// <summary>Ends a test with a result that is neither success nor failure.</summary>
[Cmdlet(VerbsCommon.Set, "ItResult")]
public sealed class SetItResultCommand : PSCmdlet
{
    internal const string SkippedErrorId = "PesterTestSkipped";
    internal const string InconclusiveErrorId = "PesterTestInconclusive";

    [Parameter(Mandatory = true, ParameterSetName = "Skipped")] public SwitchParameter Skipped { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = "Inconclusive")] public SwitchParameter Inconclusive { get; set; }
    [Parameter] public string? Because { get; set; }

    protected override void EndProcessing()
    {
        string message = (Skipped ? "is skipped" : "is inconclusive")
            + (string.IsNullOrWhiteSpace(Because) ? "" : ", because " + Because.Trim());
        ThrowTerminatingError(new ErrorRecord(
            new InvalidOperationException(message), Skipped ? SkippedErrorId : InconclusiveErrorId,
            ErrorCategory.InvalidResult, targetObject: null));
    }
}
