namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsData.Compare, "Object")]
public sealed class CompareObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _difference = [];

    [Parameter(Position = 0, Mandatory = true)]
    [AllowEmptyCollection]
    public PSObject[] ReferenceObject { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public PSObject[] DifferenceObject { get; set; } = [];

    [Parameter] public object[] Property { get; set; } = [];
    [Parameter] public SwitchParameter IncludeEqual { get; set; }
    [Parameter] public SwitchParameter ExcludeDifferent { get; set; }
    [Parameter] public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => _difference.AddRange(DifferenceObject);

    protected override void EndProcessing()
    {
        PropertyColumn[] columns = [.. Property.Select(p => new PropertyColumn(p))];
        object?[] Key(PSObject item) => columns.Length == 0 ? [item] : [.. columns.Select(c => c.ValueOf(item))];
        var order = new ObjectOrder([.. Key(new PSObject()).Select(_ => false)], caseSensitive: false);

        var onlyInReference = new List<PSObject>();
        foreach (PSObject item in ReferenceObject)
        {
            int match = _difference.FindIndex(d => order.Compare(Key(item), Key(d)) == 0);
            if (match < 0)
            {
                onlyInReference.Add(item);
                continue;
            }
            _difference.RemoveAt(match);
            if (IncludeEqual)
                Write(item, "==", columns);
        }
        if (ExcludeDifferent)
            return;
        _difference.ForEach(item => Write(item, "=>", columns));
        onlyInReference.ForEach(item => Write(item, "<=", columns));
    }

    private void Write(PSObject item, string side, PropertyColumn[] columns)
    {
        PSObject result = PassThru ? item : new PSObject();
        if (!PassThru)
        {
            foreach (PropertyColumn column in columns)
                result.Properties.Add(new PSNoteProperty(column.ToString(), column.ValueOf(item)));
            if (columns.Length == 0)
                result.Properties.Add(new PSNoteProperty("InputObject", item));
        }
        result.Properties.Add(new PSNoteProperty("SideIndicator", side));
        WriteObject(result);
    }
}
