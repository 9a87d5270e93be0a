namespace MacIpvlan.Tests.Errors;

/// <summary>The order in which names are listed.</summary>
public sealed class NaturalOrderTests
{
    [Theory]
    [InlineData("eth2", "eth10")]
    [InlineData("web2/eth10", "web10/eth2")]
    [InlineData("Web2", "web10")]
    [InlineData("web9999999999999999999999998", "web9999999999999999999999999")]
    [InlineData("web99999999999999999999999999", "web100000000000000000000000000")]
    [InlineData("web", "web1")]
    [InlineData("9", "a")]
    [InlineData("a-1", "a1")]
    [InlineData("i", "j")]
    [InlineData("I", "j")]
    [InlineData("eth01", "eth1")]
    [InlineData("eth1", "eth01a")]
    [InlineData("WEB", "web")]
    [InlineData("", "a")]
    [InlineData(null, "")]
    public void Compare_PutsTheFirstFirst(string? first, string second)
    {
        Assert.True(NaturalOrder.Comparer.Compare(first, second) < 0);
        Assert.True(NaturalOrder.Comparer.Compare(second, first) > 0);
    }

    [Fact]
    public void Compare_IsAnOrder()
    {
        string[] parts = ["", "a", "A", "b", "0", "1", "01", "2", "10", "-", "/", "é", "İ", "ı"];
        string[] names = [.. parts.SelectMany(p => parts.SelectMany(q => parts.Select(r => p + q + r))).Distinct()];
        string[] sorted = [.. names.Order(NaturalOrder.Comparer)];
        for (int i = 1; i < sorted.Length; i++) Assert.True(NaturalOrder.Comparer.Compare(sorted[i - 1], sorted[i]) < 0);
        Random random = new(1);
        for (int i = 0; i < 100_000; i++)
        {
            int first = random.Next(sorted.Length), second = random.Next(sorted.Length);
            Assert.Equal(first.CompareTo(second), Math.Sign(NaturalOrder.Comparer.Compare(sorted[first], sorted[second])));
        }
    }
}
