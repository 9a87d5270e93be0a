using System.Collections;
using System.Management.Automation;
using System.Net;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Turns addresses and subnets in objects, of this module or of .NET, live or deserialized, into text, so that every
/// parameter that reads text accepts them.
/// </summary>
internal static class AddressArgument
{
    private static readonly HashSet<string> s_deserialized =
        [.. new[] { typeof(AddressText), typeof(IPNetwork) }.Select(static t => $"Deserialized.{t.FullName}")];

    /// <summary>Returns the text of an address or subnet, or a list with the text of each; anything else as it is.</summary>
    public static object? AsText(object? input) => (input is PSObject wrapped ? wrapped.BaseObject : input) switch
    {
        AddressText or IPNetwork => input!.ToString(),
        IList items => items.Cast<object?>().Select(AsText).ToArray(),
        _ when input is PSObject remains && remains.TypeNames.Any(s_deserialized.Contains) => remains.ToString(),
        _ => input,
    };
}
