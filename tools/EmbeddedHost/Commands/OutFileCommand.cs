namespace Microsoft.PowerShell.Commands;

/// <summary>Out-File, which the engine also calls for <c>&gt;</c> and <c>&gt;&gt;</c>.</summary>
[Cmdlet(VerbsData.Out, "File")]
public sealed class OutFileCommand : TextOutputCommand
{
    [Parameter(Position = 0, Mandatory = true)]
    [Alias("Path", "LiteralPath")]
    public string FilePath { get; set; } = "";

    [Parameter] public SwitchParameter Append { get; set; }
    [Parameter] public SwitchParameter NoNewline { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }

    /// <summary>Taken for the sake of scripts that name it; the text is UTF-8.</summary>
    [Parameter] public object? Encoding { get; set; }

    // A redirected command may take long, and its file exists from the start.
    protected override void BeginProcessing() => Write("");

    protected override void EndProcessing()
    {
        string text = Layout();
        Append = true;
        Write(NoNewline ? text.TrimEnd('\n') : text);
    }

    private void Write(string text)
    {
        string path = GetUnresolvedProviderPathFromPSPath(FilePath);
        try
        {
            if (Append)
                File.AppendAllText(path, text);
            else
                File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(e, "FileOpenFailure", ErrorCategory.OpenError, path));
        }
    }
}
