using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>The columns of a terminal that texts take.</summary>
public sealed class ScreenTextTests
{
    [Theory]
    [InlineData("web1/eth0", 9)]
    [InlineData("网络", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("😀", 2)]
    [InlineData("…", 1)]
    [InlineData("", 0)]
    public void Text_TakesColumns(string text, int columns) => Assert.Equal(columns, ScreenText.Measure(text));

    [Theory]
    [InlineData("web1", 4, "web1")]
    [InlineData("container-1", 7, "con…r-1")]
    [InlineData("container-1", 8, "cont…r-1")]
    [InlineData("网络命名空间", 7, "网络…间")]
    [InlineData("网络命名空间", 8, "网络…间")]
    [InlineData("aaae\u0301bbb", 4, "aa…b")]
    [InlineData("container-1", 1, "…")]
    public void LongText_IsShortenedInItsMiddle(string text, int width, string expected) =>
        Assert.Equal(expected, ScreenText.Fit(text, width));

    [Fact]
    public void Padding_GoesByColumns() => Assert.Equal("网络  ", ScreenText.Pad("网络", 6));
}
