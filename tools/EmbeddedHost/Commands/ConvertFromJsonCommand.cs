using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Microsoft.PowerShell.Commands;

[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = "";

    [Parameter] public SwitchParameter AsHashtable { get; set; }
    [Parameter] public SwitchParameter NoEnumerate { get; set; }
    [Parameter, ValidateRange(1, int.MaxValue)] public int Depth { get; set; } = 1024;

    protected override void ProcessRecord() => _lines.Add(InputObject);

    protected override void EndProcessing()
    {
        string text = string.Join('\n', _lines);
        if (string.IsNullOrWhiteSpace(text))
            return;
        try
        {
            var settings = new JsonSerializerSettings { MaxDepth = Depth };
            WriteObject(Value(JsonConvert.DeserializeObject<JToken>(text, settings)), !NoEnumerate);
        }
        catch (JsonException e)
        {
            var error = new ArgumentException("Conversion from JSON failed with error: " + e.Message, e);
            ThrowTerminatingError(new ErrorRecord(
                error, "System.ArgumentException", ErrorCategory.NotSpecified, targetObject: null));
        }
    }

    private object? Value(JToken? token) => token switch
    {
        JObject members => Members(members),
        JArray items => items.Select(Value).ToArray(),
        JValue value => value.Value,
        _ => null,
    };

    private object Members(JObject members)
    {
        if (AsHashtable)
        {
            var table = new OrderedHashtable();
            foreach ((string name, JToken? value) in members)
                table[name] = Value(value);
            return table;
        }
        var result = new PSObject();
        foreach ((string name, JToken? value) in members)
            result.Properties.Add(new PSNoteProperty(name, Value(value)));
        return result;
    }
}
