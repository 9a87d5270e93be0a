namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = ByPath)]
public sealed class GetChildItemCommand : ItemCommand
{
    [Parameter(Position = 0, ParameterSetName = ByPath,
        ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public override string[] Path { get; set; } = ["."];

    [Parameter(Position = 1)] public string Filter { get; set; } = "*";
    [Parameter] public string[] Include { get; set; } = ["*"];
    [Parameter] public string[] Exclude { get; set; } = [];
    [Parameter, Alias("s")] public SwitchParameter Recurse { get; set; }
    [Parameter] public uint? Depth { get; set; }
    [Parameter] public SwitchParameter File { get; set; }
    [Parameter] public SwitchParameter Directory { get; set; }
    [Parameter] public SwitchParameter Name { get; set; }

    protected override void ProcessPath(string path)
    {
        bool recurse = Recurse || Depth is not null;
        uint depth = Depth ?? uint.MaxValue;
        foreach (PSObject item in InvokeProvider.ChildItem.Get([path], recurse, depth, Force, IsLiteral))
        {
            if (!IsWanted(item))
                continue;
            if (!Name)
                WriteObject(item);
            else if (item.BaseObject is FileSystemInfo file)
                WriteObject(System.IO.Path.GetRelativePath(GetUnresolvedProviderPathFromPSPath(path), file.FullName));
            else
                WriteObject(ChildName(item));
        }
    }

    private static string ChildName(PSObject item) => item.Properties["PSChildName"].Value.ToString()!;

    private bool IsWanted(PSObject item)
    {
        bool isContainer = item.Properties["PSIsContainer"].Value is true;
        string name = ChildName(item);
        bool Matches(string pattern) => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(name);
        return (!File || !isContainer) && (!Directory || isContainer)
            && Matches(Filter) && Include.Any(Matches) && !Exclude.Any(Matches);
    }
}
