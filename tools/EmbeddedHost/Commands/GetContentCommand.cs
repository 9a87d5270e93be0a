namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = ByPath)]
public sealed class GetContentCommand : ItemCommand
{
    [Parameter] public SwitchParameter Raw { get; set; }
    [Parameter, Alias("First", "Head")] public int TotalCount { get; set; } = int.MaxValue;
    [Parameter, Alias("Last")] public int? Tail { get; set; }
    [Parameter] public SwitchParameter AsByteStream { get; set; }

    /// <summary>Taken for the sake of scripts that name it; text is read as UTF-8 or what its mark says.</summary>
    [Parameter] public object? Encoding { get; set; }

    protected override void ProcessPath(string path)
    {
        foreach (string file in ExistingFiles(path))
        {
            if (AsByteStream)
                WriteObject(File.ReadAllBytes(file), enumerateCollection: !Raw);
            else if (Raw)
                WriteObject(File.ReadAllText(file));
            else if (Tail is { } count)
                WriteObject(File.ReadLines(file).TakeLast(count), enumerateCollection: true);
            else
                WriteObject(File.ReadLines(file).Take(TotalCount), enumerateCollection: true);
        }
    }
}
