using System.Text.RegularExpressions;
using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>The drawing in the language of Mermaid.</summary>
public sealed partial class MermaidChartTests
{
    public static TheoryData<string> Names => [.. Topologies.All.Keys];

    [Fact]
    public void Chart_IsAsItWasLookedAt() => Golden.Verify("small.mmd", MermaidChart.Draw(Topologies.Small));

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryLine_IsOfTheGrammarWhateverTheNames(string name) => Assert.All(
        MermaidChart.Draw(Topologies.All[name]).TrimEnd('\n').Split('\n'), static line => Assert.Matches(Grammar(), line));

    // In quotes, only letters, digits and such signs as mean nothing to Mermaid, to Markdown or to HTML, and numbers of others.
    private const string Label = @"""([\p{L}\p{Nd} .,:/()!…-]|#\d+;|<br>)+""";

    [GeneratedRegex(
        @"^(flowchart LR"
        + $@"|    [a-z]+\d+(\[\[{Label}\]\]|\[{Label}\]|\(\[{Label}\]\)|\({Label}\)|\[/{Label}/\])"
        + @"|    [a-z]+\d+ --- [a-z]+\d+"
        + @"|    classDef unwell [-a-z0-9:, #]+"
        + @"|    class [a-z0-9,]+ unwell)$")]
    private static partial Regex Grammar();
}
