using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Also accepts lists, switches and missing values as CSV files contain them.</summary>
/// <typeparam name="T">The type of the parameter.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CellTransformationAttribute<T> : ValueTransformationAttribute<T>
{
    private static bool IsSwitch => typeof(T) == typeof(SwitchParameter);

    /// <summary>Whether null is read, too: PowerShell takes a switch that is null for one that is on.</summary>
    public override bool TransformNullOptionalParameters => IsSwitch;

    private protected override object? Read(object? input) => input switch
    {
        null when IsSwitch => EmptySwitch.Value,
        PSObject { BaseObject: string } or string => ReadText(input.ToString()!),
        _ => input,
    };

    private static object? ReadText(string text) => text switch
    {
        _ when typeof(T).IsArray => ObjectRemains.Split(text),
        "" when IsSwitch => EmptySwitch.Value,
        _ when (IsSwitch || typeof(T) == typeof(bool?)) && bool.TryParse(text, out bool value) => value,
        "" when default(T) is null => null,
        _ => text,
    };
}
