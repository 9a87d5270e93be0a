using System.Text.RegularExpressions;

namespace MacIpvlan.Tests.Architecture;

/// <summary>What people read is in plain English: turns that read as translated are banned from docs, help, scripts and source.</summary>
public sealed partial class PlainEnglishTests
{
    private static readonly string[] s_extensions = [".cs", ".md", ".ps1", ".psd1", ".ps1xml", ".sh", ".txt", ".xml", ".yml"];

    public static TheoryData<string> Places => ["docs", "en-US", "examples", "src", "tests", "tools", "bench", ".github", "."];

    [Theory]
    [MemberData(nameof(Places))]
    public void Text_HasNoBannedTurn(string place)
    {
        SearchOption depth = place == "." ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories;
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, place), "*", depth)
            .Where(static f => s_extensions.Contains(Path.GetExtension(f)) && !Generated().IsMatch(f)
                && Path.GetFileName(f) != $"{nameof(PlainEnglishTests)}.cs")];

        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(static f => Banned().Matches(File.ReadAllText(f))
            .Select(m => $"{Path.GetRelativePath(SourceTree.Root, f)}: {m.Value}")));
    }

    [GeneratedRegex("/(bin|obj|Captures|Golden)/|THIRD-PARTY-NOTICES")]
    private static partial Regex Generated();

    [GeneratedRegex(
        @"\b(left away|(leaves?|leaving) (it|them|\S+) away|(?<!there )(is|are) none|told of|tells? of|telling of|becomes? of|(be|is|was) had|by halves"
        + @"|by and by|shall|(is|are|was|were) to be|called so|brings? about|in the hands of|sees to|as it were|knows neither|all the same)\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Banned();
}
