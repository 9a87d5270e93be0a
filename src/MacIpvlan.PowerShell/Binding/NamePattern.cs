using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Matches names for all parameters: an exact match wins; without one, case is ignored and wildcards are expanded.
/// On Linux, names can differ only in case and can contain wildcard characters.
/// </summary>
internal sealed class NamePattern(string text, bool isExact)
{
    private readonly WildcardPattern? _pattern = isExact ? null : new(text, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);

    /// <summary>Creates a pattern for a list of items with names.</summary>
    public static NamePattern For<T>(string text, IEnumerable<T> items, Func<T, string?> nameOf) =>
        new(text, isExact: items.Any(i => nameOf(i) == text));

    public bool Matches(string name) => _pattern?.IsMatch(name) ?? name == text;
}
