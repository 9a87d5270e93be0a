namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Copy, "Item", SupportsShouldProcess = true, DefaultParameterSetName = ByPath)]
public sealed class CopyItemCommand : ItemCommand
{
    [Parameter(Position = 1)] public string Destination { get; set; } = ".";
    [Parameter] public SwitchParameter Recurse { get; set; }
    [Parameter] public SwitchParameter PassThru { get; set; }

    protected override void ProcessPath(string path)
    {
        if (!ShouldProcess($"Item: {path} Destination: {Destination}"))
            return;
        var copies = InvokeProvider.Item.Copy(
            [path], Destination, Recurse, CopyContainers.CopyTargetContainer, Force, IsLiteral);
        if (PassThru)
            WriteObject(copies, enumerateCollection: true);
    }
}
