namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Remove, "Item", SupportsShouldProcess = true, DefaultParameterSetName = ByPath)]
public sealed class RemoveItemCommand : ItemCommand
{
    [Parameter] public SwitchParameter Recurse { get; set; }

    protected override void ProcessPath(string path)
    {
        foreach (PSObject item in InvokeProvider.Item.Get([path], force: true, IsLiteral))
        {
            string target = item.Properties["PSPath"].Value.ToString()!;
            string kind = item.Properties["PSIsContainer"].Value is true ? "Directory" : "File";
            if (ShouldProcess(SessionState.Path.GetUnresolvedProviderPathFromPSPath(target), "Remove " + kind))
                InvokeProvider.Item.Remove([target], Recurse, Force, literalPath: true);
        }
    }
}
