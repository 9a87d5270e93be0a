using MacIpvlan.Topology;

namespace MacIpvlan.Tests.Topology;

/// <summary>A sequence broken into even columns.</summary>
public sealed class ColumnBreaksTests
{
    [Theory]
    [InlineData("", 3, "0")]
    [InlineData("5", 3, "1")]
    [InlineData("5 5 5 5", 2, "2 2")]
    [InlineData("9 1 1 1", 2, "1 3")]
    [InlineData("1 1 1 9", 9, "3 1")]
    public void Columns_HaveSoManyItems(string heights, int most, string expected) =>
        Assert.Equal(expected, string.Join(' ', ColumnBreaks.Find(Numbers(heights), most)));

    [Fact]
    public void Columns_AreAsEvenAsCanBe()
    {
        Random random = new(7);
        for (int run = 0; run < 200; run++)
        {
            int[] heights = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(1, 50))];
            int most = random.Next(1, 5);
            int[] counts = ColumnBreaks.Find(heights, most);

            Assert.Equal(heights.Length, counts.Sum());
            Assert.True(counts.Length <= most);
            Assert.Equal(Lowest(heights, most), Tallest(heights, counts));
        }
    }

    private static int Tallest(int[] heights, int[] counts)
    {
        int next = 0;
        return counts.Max(count => heights[next..(next += count)].Sum());
    }

    // By trying all.
    private static int Lowest(int[] heights, int most) => most == 1 || heights.Length <= 1
        ? heights.Sum()
        : Enumerable.Range(1, heights.Length).Min(first => Math.Max(heights[..first].Sum(), Lowest(heights[first..], most - 1)));

    private static int[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
