using System.Collections;
using System.Collections.ObjectModel;

namespace Microsoft.PowerShell.Commands;

[Cmdlet("Group", "Object")]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[] Property { get; set; } = [];
    [Parameter] public SwitchParameter NoElement { get; set; }
    [Parameter, Alias("AHT")] public SwitchParameter AsHashTable { get; set; }
    [Parameter] public SwitchParameter AsString { get; set; }
    [Parameter] public SwitchParameter CaseSensitive { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _items.Add(InputObject);
    }

    protected override void EndProcessing()
    {
        PropertyColumn[] columns = [.. Property.Select(p => new PropertyColumn(p))];
        object?[] Key(PSObject item) => columns.Length == 0 ? [item] : [.. columns.Select(c => c.ValueOf(item))];
        var order = new ObjectOrder([.. Key(new PSObject()).Select(_ => false)], CaseSensitive);

        var groups = new SortedDictionary<object?[], Collection<PSObject>>(order);
        foreach (PSObject item in _items)
        {
            object?[] key = Key(item);
            if (!groups.TryGetValue(key, out Collection<PSObject>? group))
                groups.Add(key, group = []);
            group.Add(item);
        }
        if (AsHashTable)
            WriteObject(Table(groups));
        else
            WriteObject(groups.Select(g => Group(g.Key, g.Value)), enumerateCollection: true);
    }

    private Hashtable Table(SortedDictionary<object?[], Collection<PSObject>> groups)
    {
        var table = new Hashtable(CaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        foreach ((object?[] key, Collection<PSObject> items) in groups)
            table[AsString || key.Length != 1 ? Name(key) : Plain(key[0]) ?? ""] = items;
        return table;
    }

    private PSObject Group(object?[] key, Collection<PSObject> items)
    {
        var group = new PSObject();
        group.TypeNames.Insert(0, "Microsoft.PowerShell.Commands.GroupInfo" + (NoElement ? "NoElement" : ""));
        group.Properties.Add(new PSNoteProperty("Values", key.ToList()));
        group.Properties.Add(new PSNoteProperty("Count", items.Count));
        group.Properties.Add(new PSNoteProperty("Group", NoElement ? new Collection<PSObject>() : items));
        group.Properties.Add(new PSNoteProperty("Name", Name(key)));
        return group;
    }

    private static string Name(object?[] key) => string.Join(", ", key.Select(LanguagePrimitives.ConvertTo<string>));

    private static object? Plain(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
