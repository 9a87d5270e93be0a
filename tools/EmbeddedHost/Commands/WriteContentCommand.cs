using System.Text;

namespace Microsoft.PowerShell.Commands;

/// <summary>Set-Content and Add-Content.</summary>
[Cmdlet(VerbsCommunications.Write, "Content", SupportsShouldProcess = true)]
public sealed class WriteContentCommand : PSCmdlet
{
    private readonly StringBuilder _text = new();

    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LiteralPath", "PSPath")]
    public string[] Path { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? Value { get; set; }

    [Parameter] public SwitchParameter NoNewline { get; set; }
    [Parameter] public SwitchParameter Force { get; set; }

    /// <summary>Taken for the sake of scripts that name it; the text is UTF-8.</summary>
    [Parameter] public object? Encoding { get; set; }

    protected override void ProcessRecord()
    {
        foreach (object? value in Value ?? [])
            _text.Append(LanguagePrimitives.ConvertTo<string>(value)).Append(NoNewline ? "" : "\n");
    }

    protected override void EndProcessing()
    {
        foreach (string path in Path.Where(p => ShouldProcess(p)))
        {
            string file = GetUnresolvedProviderPathFromPSPath(path);
            try
            {
                if (MyInvocation.MyCommand.Name is "Add-Content")
                    File.AppendAllText(file, _text.ToString());
                else
                    File.WriteAllText(file, _text.ToString());
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(e, e.GetType().Name, ErrorCategory.WriteError, path));
            }
        }
    }
}
