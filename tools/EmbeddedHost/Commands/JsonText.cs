using System.Collections;
using System.Collections.Specialized;
using System.Numerics;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace Microsoft.PowerShell.Commands;

/// <summary>Writes an object as PowerShell does: its properties, down to a depth, below that its text.</summary>
internal sealed class JsonText(int depth)
{
    /// <summary>Whether something was deeper than the depth.</summary>
    public bool IsTruncated { get; private set; }

    public string Write(object? value, bool compress, bool enumsAsStrings)
    {
        var settings = new JsonSerializerSettings { Formatting = compress ? Formatting.None : Formatting.Indented };
        if (enumsAsStrings)
            settings.Converters.Add(new StringEnumConverter());
        return JsonConvert.SerializeObject(Plain(value, 0), settings);
    }

    /// <summary>The value as lists, tables and what the serializer writes as it is.</summary>
    private object? Plain(object? value, int level)
    {
        object? content = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        switch (content)
        {
            case null or DBNull:
                return null;
            case string or DateTime or DateTimeOffset or Guid or Uri or decimal or BigInteger or Enum:
            case var primitive when primitive.GetType().IsPrimitive:
                return content;
            case var deep when level > depth:
                IsTruncated = true;
                return LanguagePrimitives.ConvertTo<string>(deep);
            case IDictionary table:
                return Table(table.Keys.Cast<object>().Select(k => (k.ToString()!, table[k])), level);
            case IEnumerable items:
                return items.Cast<object?>().Select(i => Plain(i, level + 1)).ToList();
            default:
                return Table(Properties(content), level);
        }
    }

    private OrderedDictionary Table(IEnumerable<(string Name, object? Value)> members, int level)
    {
        var table = new OrderedDictionary();
        foreach ((string name, object? value) in members)
            table[name] = Plain(value, level + 1);
        return table;
    }

    /// <summary>Those of the object itself, then those that the engine adds.</summary>
    private static IEnumerable<(string Name, object? Value)> Properties(object value) => PSObject.AsPSObject(value)
        .Properties.OrderBy(p => p.MemberType is not PSMemberTypes.Property).Select(p => (p.Name, ValueOf(p)));

    private static object? ValueOf(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // A getter that throws, such as ScopeId of an IPv4 address.
            return null;
        }
    }
}
