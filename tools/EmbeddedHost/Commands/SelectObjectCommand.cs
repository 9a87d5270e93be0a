using EmbeddedHost;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _last = [];
    private readonly List<PSObject> _written = [];
    private PropertyColumn[] _columns = [];
    private WildcardPattern[] _excluded = [];
    private int _seen;
    private int _taken;

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[] Property { get; set; } = [];
    [Parameter] public string[] ExcludeProperty { get; set; } = [];
    [Parameter] public string? ExpandProperty { get; set; }
    [Parameter, ValidateRange(0, int.MaxValue)] public int First { get; set; } = int.MaxValue;
    [Parameter, ValidateRange(0, int.MaxValue)] public int Last { get; set; }
    [Parameter, ValidateRange(0, int.MaxValue)] public int Skip { get; set; }
    [Parameter] public SwitchParameter Unique { get; set; }

    protected override void BeginProcessing()
    {
        object[] properties = Property.Length == 0 && ExcludeProperty.Length > 0 ? ["*"] : Property;
        _columns = [.. properties.Select(p => new PropertyColumn(p))];
        _excluded = [.. ExcludeProperty.Select(p => WildcardPattern.Get(p, WildcardOptions.IgnoreCase))];
    }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Last)))
        {
            KeepForLast(InputObject);
            return;
        }
        if (_seen++ >= Skip && _taken < First)
        {
            _taken++;
            Take(InputObject);
        }
        if (_taken >= First && MyInvocation.PipelinePosition > 1)
            throw EngineInternals.StopUpstreamCommands(this);
    }

    protected override void EndProcessing()
    {
        foreach (PSObject item in _last.Take(Math.Min(Last, _last.Count - Skip)))
            Take(item);
    }

    /// <summary>With -Last, -Skip counts from the end.</summary>
    private void KeepForLast(PSObject item)
    {
        _last.Add(item);
        if (_last.Count > (long)Last + Skip)
            _last.RemoveAt(0);
    }

    private void Take(PSObject item)
    {
        PSObject result = _columns.Length == 0 ? item : Project(item);
        if (ExpandProperty is not null)
            Expand(item);
        else if (!Unique || IsNew(result))
            WriteObject(result);
    }

    private PSObject Project(PSObject item)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, "Selected." + item.BaseObject.GetType());
        foreach (PropertyColumn column in _columns)
        {
            (string Name, object? Value)[] values = [.. column.Of(item)];
            foreach ((string name, object? value) in values.Length > 0 ? values : [(column.ToString(), null)])
            {
                if (!_excluded.Any(e => e.IsMatch(name)) && result.Properties[name] is null)
                    result.Properties.Add(new PSNoteProperty(name, value));
            }
        }
        return result;
    }

    private void Expand(PSObject item)
    {
        var values = new PropertyColumn(ExpandProperty!).Of(item).ToArray();
        if (values.Length == 0)
        {
            WriteError(new ErrorRecord(
                new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found."),
                "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
            return;
        }
        foreach (object? value in values.SelectMany(v => Elements(v.Value)))
        {
            if (!Unique || IsNew(PSObject.AsPSObject(value ?? "")))
                WriteObject(value);
        }
    }

    private static IEnumerable<object?> Elements(object? value) =>
        LanguagePrimitives.GetEnumerable(value)?.Cast<object?>() ?? [value];

    /// <summary>As in PowerShell, objects are the same when all their properties are; text is case-sensitive.</summary>
    private bool IsNew(PSObject item)
    {
        if (_written.Exists(w => ObjectEquality.AreSame(w, item)))
            return false;
        _written.Add(item);
        return true;
    }
}
