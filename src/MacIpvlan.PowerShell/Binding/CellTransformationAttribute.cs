using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>Also accepts lists, switches and missing values as CSV files contain them.</summary>
/// <typeparam name="T">The type of the parameter.</typeparam>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CellTransformationAttribute<T> : ValueTransformationAttribute<T>
{
    private static bool IsSwitch => typeof(T) == typeof(SwitchParameter) || typeof(T) == typeof(bool?);

    private protected override object? Read(object? input) => input is PSObject { BaseObject: string } or string
        ? input.ToString()! switch
        {
            string text when typeof(T).IsArray => ObjectRemains.Split(text),
            string text when IsSwitch && bool.TryParse(text, out bool value) => value,
            "" when default(T) is null => null,
            _ => input,
        }
        : input;
}
