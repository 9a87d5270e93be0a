namespace MacIpvlan.Tests.Errors;

/// <summary>Which name was probably meant.</summary>
public sealed class NearestNameTests
{
    private static readonly string[] s_names = ["web", "Office", "backend-1", "backend-2", "db"];

    [Theory]
    [InlineData("WEB", "web")]
    [InlineData("office", "Office")]
    [InlineData("wbe", "web")]
    [InlineData("weeb", "web")]
    [InlineData("ofice", "Office")]
    [InlineData("oficce", "Office")]
    [InlineData("backnd-1", "backend-1")]
    [InlineData("back", "backend-1")]
    [InlineData("dv", "db")]
    // Another number, another word, and what nobody can guess.
    [InlineData("backend-7", null)]
    [InlineData("storage", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Name_IsTheOneWithTheFewestTypingErrors(string text, string? expected) =>
        Assert.Equal(expected, NearestName.Find(text, s_names));

    [Fact]
    public void Question_NamesItOrIsEmpty() => Assert.Equal(
        (" Did you mean 'web'?", ""), (NearestName.Ask("wbe", s_names), NearestName.Ask("storage", s_names)));

    [Fact]
    public void LongTexts_AreNotCompared() => Assert.Null(NearestName.Find(new string('a', 300), [new string('a', 299)]));
}
