namespace EmbeddedHost.Pester;

/// <summary>Chooses tests by their own and their blocks' tags, and by their dotted names as written.</summary>
internal sealed class TestFilter(string[] tags, string[] excludedTags, string[] fullNames)
{
    public bool Includes(TestCase test)
    {
        TestItem[] items = [.. test.Parent!.Chain, test];
        if (items.SelectMany(i => i.Tag).Any(t => Matches(excludedTags, t)))
            return false;
        return (tags.Length == 0 && fullNames.Length == 0)
            || items.SelectMany(i => i.Tag).Any(t => Matches(tags, t))
            || items.Any(i => Matches(fullNames, string.Join('.', i.Path)));
    }

    private static bool Matches(string[] patterns, string text) =>
        patterns.Any(p => WildcardPattern.Get(p, WildcardOptions.IgnoreCase).IsMatch(text));
}
