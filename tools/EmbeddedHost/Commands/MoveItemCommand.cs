namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Move, "Item", SupportsShouldProcess = true, DefaultParameterSetName = ByPath)]
public sealed class MoveItemCommand : ItemCommand
{
    [Parameter(Position = 1)] public string Destination { get; set; } = ".";
    [Parameter] public SwitchParameter PassThru { get; set; }

    protected override void ProcessPath(string path)
    {
        if (!ShouldProcess($"Item: {path} Destination: {Destination}"))
            return;
        var moved = InvokeProvider.Item.Move([path], Destination, Force, IsLiteral);
        if (PassThru)
            WriteObject(moved, enumerateCollection: true);
    }
}
