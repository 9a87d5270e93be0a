namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsData.Out, "String")]
public sealed class OutStringCommand : TextOutputCommand
{
    [Parameter] public SwitchParameter Stream { get; set; }
    [Parameter] public SwitchParameter NoNewline { get; set; }

    protected override void EndProcessing()
    {
        string text = Layout();
        if (Stream)
            WriteObject(text.TrimEnd('\n').Split('\n'), enumerateCollection: true);
        else
            WriteObject(NoNewline ? text.Replace("\n", "", StringComparison.Ordinal) : text);
    }
}
