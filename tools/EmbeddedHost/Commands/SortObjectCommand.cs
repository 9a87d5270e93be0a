namespace Microsoft.PowerShell.Commands;

[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[] Property { get; set; } = [];
    [Parameter] public SwitchParameter Descending { get; set; }
    [Parameter] public SwitchParameter Unique { get; set; }
    [Parameter] public SwitchParameter CaseSensitive { get; set; }
    [Parameter] public SwitchParameter Stable { get; set; }
    [Parameter] public int Top { get; set; } = int.MaxValue;

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _items.Add(InputObject);
    }

    protected override void EndProcessing()
    {
        PropertyColumn[] columns = [.. Property.Select(p => new PropertyColumn(p))];
        bool[] descending = columns.Length == 0
            ? [Descending]
            : [.. columns.Select(c => c.IsDescending ?? Descending.IsPresent)];
        var order = new ObjectOrder(descending, CaseSensitive);
        object?[] Key(PSObject item) => columns.Length == 0 ? [item] : [.. columns.Select(c => c.ValueOf(item))];

        object?[]? previous = null;
        int written = 0;
        foreach ((object?[] key, PSObject item) in _items.Select(i => (Key(i), i)).OrderBy(p => p.Item1, order))
        {
            if (written == Top)
                break;
            if (Unique && previous is not null && order.Compare(previous, key) == 0)
                continue;
            previous = key;
            written++;
            WriteObject(item);
        }
    }
}
