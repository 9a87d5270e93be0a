namespace Microsoft.PowerShell.Commands;

/// <summary>A command on one path after the other. What fails for one does not keep it from the others.</summary>
public abstract class ItemCommand : PSCmdlet
{
    protected const string ByPath = "Path";
    protected const string ByLiteralPath = "LiteralPath";

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ByPath,
        ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public virtual string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = ByLiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    [Parameter] public SwitchParameter Force { get; set; }

    /// <summary>Whether wildcard characters in a path stand for themselves.</summary>
    protected bool IsLiteral => ParameterSetName == ByLiteralPath;

    protected override void ProcessRecord()
    {
        foreach (string path in IsLiteral ? LiteralPath : Path)
        {
            try
            {
                ProcessPath(path);
            }
            catch (RuntimeException e) when (e is not (PipelineStoppedException or ActionPreferenceStopException))
            {
                WriteError(new ErrorRecord(e.ErrorRecord, e));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(e, e.GetType().Name, ErrorCategory.NotSpecified, path));
            }
        }
    }

    protected abstract void ProcessPath(string path);

    /// <summary>The existing files of the file system that the path means.</summary>
    /// <exception cref="ItemNotFoundException">There is none.</exception>
    protected IEnumerable<string> ExistingFiles(string path) => InvokeProvider.Item.Get([path], true, IsLiteral)
        .Select(item => item.Properties["PSPath"].Value.ToString()!)
        .Select(SessionState.Path.GetUnresolvedProviderPathFromPSPath);
}
