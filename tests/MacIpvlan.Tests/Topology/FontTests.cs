using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>Texts cut to the room that there is.</summary>
public sealed class FontTests
{
    [Theory]
    [InlineData("web1", 100, "web1")]
    [InlineData("a-container-with-a-long-name", 100, "a-containe…")]
    [InlineData("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 110, "👩‍👩‍👧…")]
    [InlineData("web1", 0, "…")]
    public void Text_IsCutBetweenLetters(string text, int width, string expected) => Assert.Equal(expected, Font.Nic.Fit(text, width));

    [Fact]
    public void TextThatWasCut_FitsIntoAnyWidth()
    {
        foreach (int width in Enumerable.Range(20, 400))
        {
            Assert.All(
                (string[])[new('W', 300), new('i', 300), "fd18:1234:5678:9abc:def0:1234:5678:9a00/120", "网络命名空间网络命名空间"],
                text => Assert.True(Font.Name.Measure(Font.Name.Fit(text, width)) <= width));
        }
    }
}
