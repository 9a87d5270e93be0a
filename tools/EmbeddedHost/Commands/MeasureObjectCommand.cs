namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsDiagnostic.Measure, "Object")]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly List<object> _values = [];
    private PropertyColumn? _column;

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object? Property { get; set; }
    [Parameter] public SwitchParameter Sum { get; set; }
    [Parameter] public SwitchParameter Average { get; set; }
    [Parameter] public SwitchParameter Maximum { get; set; }
    [Parameter] public SwitchParameter Minimum { get; set; }

    protected override void BeginProcessing() => _column = Property is null ? null : new PropertyColumn(Property);

    protected override void ProcessRecord()
    {
        object? value = InputObject is null || _column is null ? InputObject : _column.ValueOf(InputObject);
        if (value is not null)
            _values.Add(value);
    }

    protected override void EndProcessing()
    {
        double? sum = Sum || Average ? _values.Sum(v => LanguagePrimitives.ConvertTo<double>(v)) : null;
        var order = new ObjectOrder([false], caseSensitive: false);
        object?[][] sorted = Maximum || Minimum ? [.. _values.Select(v => new[] { v }).Order(order)] : [];

        var result = new PSObject();
        result.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.GenericMeasureInfo");
        result.Properties.Add(new PSNoteProperty("Count", _values.Count));
        result.Properties.Add(new PSNoteProperty("Average", Average && _values.Count > 0 ? sum / _values.Count : null));
        result.Properties.Add(new PSNoteProperty("Sum", Sum ? sum : null));
        result.Properties.Add(new PSNoteProperty("Maximum", Maximum ? sorted.LastOrDefault()?[0] : null));
        result.Properties.Add(new PSNoteProperty("Minimum", Minimum ? sorted.FirstOrDefault()?[0] : null));
        result.Properties.Add(new PSNoteProperty("StandardDeviation", null));
        result.Properties.Add(new PSNoteProperty("Property", _column?.ToString()));
        WriteObject(result);
    }
}
