using System.Collections;

namespace Microsoft.PowerShell.Commands;

/// <summary>
/// One element of a <c>-Property</c> parameter: a name, which may be a wildcard, a script block, or a table with
/// <c>Name</c> and <c>Expression</c> (for sorting also <c>Descending</c>).
/// </summary>
internal sealed class PropertyColumn
{
    private readonly PSPropertyExpression _expression;
    private readonly string? _name;

    public PropertyColumn(object specification)
    {
        object value = specification is PSObject wrapped ? wrapped.BaseObject : specification;
        if (value is IDictionary table)
        {
            _name = Entry(table, "Name", "Label")?.ToString();
            IsDescending = Entry(table, "Descending", "Desc") is { } flag ? LanguagePrimitives.IsTrue(flag) : null;
            value = Entry(table, "Expression", "Expression")
                ?? throw new PSArgumentException("A calculated property needs an Expression.");
        }
        _expression = value is ScriptBlock block
            ? new PSPropertyExpression(block)
            : new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(value));
    }

    /// <summary>Null where the specification does not say.</summary>
    public bool? IsDescending { get; }

    /// <summary>The named values of one object: several for a wildcard, none for a missing property.</summary>
    public IEnumerable<(string Name, object? Value)> Of(PSObject target)
    {
        foreach (PSPropertyExpression resolved in _expression.ResolveNames(target))
        {
            foreach (PSPropertyExpressionResult result in resolved.GetValues(target, expand: true, eatExceptions: true))
                yield return (_name ?? resolved.ToString(), result.Result);
        }
    }

    /// <summary>The single value, null for a missing property.</summary>
    public object? ValueOf(PSObject target) => Of(target).FirstOrDefault().Value;

    /// <summary>The name under which the value is shown.</summary>
    public override string ToString() => _name ?? _expression.ToString();

    /// <summary>The value whose key is an abbreviation of one of the names.</summary>
    private static object? Entry(IDictionary table, string name, string otherName)
    {
        foreach (DictionaryEntry entry in table)
        {
            string key = entry.Key.ToString() ?? "";
            if (key.Length > 0 && (name.StartsWith(key, StringComparison.OrdinalIgnoreCase)
                || otherName.StartsWith(key, StringComparison.OrdinalIgnoreCase)))
                return entry.Value;
        }
        return null;
    }
}
