using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// What an empty cell of a table is for a switch: false, but told apart from a false that was written, for switches that are on
/// by default.
/// </summary>
internal static class EmptySwitch
{
    /// <summary>The value, as one object that PowerShell keeps among the bound parameters.</summary>
    public static object Value { get; } = default(SwitchParameter);
}
