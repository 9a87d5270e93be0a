namespace MacIpvlan.Tests.Errors;

public sealed class ScaledNumberTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(1234, "1.23 kB")]
    [InlineData(9994, "9.99 kB")]
    [InlineData(9995, "10.0 kB")]
    [InlineData(99_949, "99.9 kB")]
    [InlineData(99_950, "100 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.00 MB")]
    [InlineData(1.5e9, "1.50 GB")]
    [InlineData(1.8446744073709552e19, "18.4 EB")]
    [InlineData(1e24, "1000000 EB")]
    [InlineData(0.4, "0 B")]
    [InlineData(999.7, "1.00 kB")]
    public void Format_HasThreeDigits(double number, string text) => Assert.Equal(text, ScaledNumber.Format(number, "B"));

    [Fact]
    public void Format_WithoutAUnitHasNoSpaceAtItsEnd() =>
        Assert.Equal(("12", "1.20 k"), (ScaledNumber.Format(12, ""), ScaledNumber.Format(1200, "")));
}
