using System.Text.RegularExpressions;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Architecture;

/// <summary>Every error says what to do next, in terms of what is wrong.</summary>
public sealed partial class RecommendationTests
{
    private static readonly Dictionary<string, string> s_sources = ((string[])["MacIpvlan", "MacIpvlan.PowerShell", "MacIpvlan.State", "MacIpvlan.Runtimes", "MacIpvlan.Fleet"])
        .SelectMany(static p => SourceTree.Read($"src/{p}").Select(f => ($"{p}/{f.Key}", f.Value))).ToDictionary();

    [Fact]
    public void Recommendation_IsNotThatSomethingIsCorrected() => Assert.Empty(s_sources
        .SelectMany(static f => Empty().Matches(f.Value).Select(m => $"{f.Key}: {m.Value}")));

    [Fact]
    public void Error_WithoutAGeneralRecommendationHasItsOwn()
    {
        string general = ErrorRecords.From(new NetworkException(NetworkError.NicNotFound, "text"), null).ErrorDetails.RecommendedAction;
        string[] lacking = [.. s_sources.SelectMany(f => Thrown().Matches(f.Value).Where(m => CountArguments(f.Value, m.Index) == 2)
            .Where(m => ErrorRecords.From(new NetworkException(Enum.Parse<NetworkError>(m.Groups[1].Value), "text"), null)
                .ErrorDetails.RecommendedAction == general)
            .Select(m => $"{f.Key}: {m.Value}"))];

        Assert.Empty(lacking);
    }

    // Commas between the parentheses, outside of texts and of what is nested.
    private static int CountArguments(string source, int start)
    {
        int depth = 0, count = 1;
        bool isText = false;
        for (int i = source.IndexOf('(', start); ; i++)
        {
            char c = source[i];
            if (isText && c == '\\') i++;
            else if (c == '"') isText = !isText;
            else if (isText) continue;
            else if (c is '(' or '[' or '{') depth++;
            else if (c is ')' or ']' or '}' && --depth == 0) return count;
            else if (c == ',' && depth == 1) count++;
        }
    }

    [GeneratedRegex(@"new(?: NetworkException)?\(\s*NetworkError\.(\w+),")]
    private static partial Regex Thrown();

    [GeneratedRegex("\"(Correct|Fix|Check|Change) the (parameter|value|name|argument|input)s?\\b[^\"]*\"", RegexOptions.IgnoreCase)]
    private static partial Regex Empty();
}
