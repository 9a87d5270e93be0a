using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Checks a table of sysctls, and also accepts them in the form that networks and NICs show: NAME=VALUE, several of them as a list or as
/// a cell of a CSV file.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SysctlTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override bool TransformNullOptionalParameters => false;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object input = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            NicSysctl[] sysctls = input is IDictionary table
                ? [.. table.Cast<DictionaryEntry>().Select(static e => NicSysctl.Parse(TextOf(e.Key), TextOf(e.Value)))]
                : [.. (input is string text ? ObjectRemains.Split(text) : LanguagePrimitives.ConvertTo<string[]>(input)).Select(NicSysctl.Parse)];
            // What names the same one is found where all of them are checked.
            return new SysctlTable(sysctls);
        }
        catch (Exception e) when (e is FormatException or PSInvalidCastException)
        {
            throw new ArgumentTransformationMetadataException(e.Message);
        }
    }

    /// <summary>The sysctls of a parameter with this attribute; none if it isn't specified.</summary>
    internal static IReadOnlyList<NicSysctl> Read(IDictionary? table) => table is SysctlTable read ? read.Sysctls : [];

    private static string TextOf(object? value) => value is PSObject wrapped ? TextOf(wrapped.BaseObject) : value switch
    {
        true => "1",
        false => "0",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private sealed class SysctlTable : Hashtable
    {
        public SysctlTable(IReadOnlyList<NicSysctl> sysctls)
        {
            Sysctls = sysctls;
            foreach (NicSysctl sysctl in sysctls) this[sysctl.Name] = sysctl.Value;
        }

        public IReadOnlyList<NicSysctl> Sysctls { get; }
    }
}
