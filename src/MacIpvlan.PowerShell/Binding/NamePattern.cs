using System.Management.Automation;

namespace MacIpvlan.PowerShell;

/// <summary>
/// What a name or pattern means, everywhere: what is called exactly so; where nothing is, what matches, whatever the case.
/// Names on Linux may differ by case alone, and have characters that patterns have.
/// </summary>
internal sealed class NamePattern(string text, bool isExact)
{
    private readonly WildcardPattern? _pattern = isExact ? null : new(text, WildcardOptions.IgnoreCase);

    /// <summary>Makes a pattern for items that have names.</summary>
    public static NamePattern For<T>(string text, IEnumerable<T> items, Func<T, string?> nameOf) =>
        new(text, isExact: items.Any(i => nameOf(i) == text));

    public bool Matches(string name) => _pattern?.IsMatch(name) ?? name == text;
}
