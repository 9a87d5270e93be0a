using System.Text;
using MacIpvlan.Yaml;

namespace MacIpvlan.Tests.Yaml;

/// <summary>YAML as JSON: values, aliases, merge keys, and texts of no good will.</summary>
public sealed class YamlReaderTests
{
    // The values are those of go-yaml, which Compose reads files with.
    [Theory]
    [InlineData("text", "\"text\"")]
    [InlineData("", "null")]
    [InlineData("~", "null")]
    [InlineData("Null", "null")]
    [InlineData("True", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("off", "\"off\"")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("'7'", "\"7\"")]
    [InlineData("!!str 7", "\"7\"")]
    [InlineData("! 7", "\"7\"")]
    [InlineData("!!int 7", "7")]
    [InlineData("!!float 7", "7")]
    [InlineData("!!bool true", "true")]
    [InlineData("!!null ''", "null")]
    [InlineData("1400", "1400")]
    [InlineData("-7", "-7")]
    [InlineData("+7", "7")]
    [InlineData("1_400", "1400")]
    [InlineData("0x5DC", "1500")]
    [InlineData("0o17", "15")]
    [InlineData("017", "15")]
    [InlineData("0b101", "5")]
    [InlineData("089", "89")]
    [InlineData("1.5", "1.5")]
    [InlineData("1e3", "1000")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("10.1.0.0/24", "\"10.1.0.0/24\"")]
    [InlineData("fd01::1", "\"fd01::1\"")]
    [InlineData("02:00:00:00:00:07", "\"02:00:00:00:00:07\"")]
    [InlineData("2026-01-01", "\"2026-01-01\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("-", "[null]")]
    [InlineData("|\n  a\n  b\n", "\"a\\nb\\n\"")]
    public void Value_IsReadAsComposeReadsIt(string value, string json) => Assert.Equal(json, Read(value) ?? "null");

    [Fact]
    public void Aliases_AreCopies_AndMergeKeysAreResolved() => Assert.Equal(
        """{"base":{"a":1,"b":{"c":2}},"other":{"a":7,"d":4},"one":{"x":0,"a":1,"b":{"c":2}},"list":{"a":7,"d":4,"b":{"c":2}},"own":{"a":9,"b":{"c":2}},"name":"v","again":"v","v":1}""",
        Read("""
            base: &base {a: 1, b: {c: 2}}
            other: &other
              a: 7
              d: 4
            one: {x: 0, <<: *base}
            list:
              <<: [*other, *base]
            own:
              a: 9
              <<: *base
            name: &name v
            again: *name
            *name : 1
            """));

    [Fact]
    public void Reset_TakesAValueAway_AndOverrideKeepsIt() => Assert.Equal(
        """{"b":[2],"c":{"d":3}}""", Read("a: !reset 1\nb: [!reset 1, !override 2]\nc: !override\n  d: 3\n"));

    [Theory]
    [InlineData("a: 1\na: 2", "line 2, column 1 has a key that occurs twice")]
    [InlineData("a:\n  - b\n c: 1", "line 3, column 2 isn't valid YAML")]
    [InlineData("a: [1", "isn't valid YAML")]
    [InlineData("a: *none", "line 1, column 4 refers to an anchor that isn't above it")]
    [InlineData("a: &a [*a]", "refers to an anchor that isn't above it")]
    [InlineData("<<: 7", "line 1, column 5 merges something other than a mapping or a list of mappings")]
    [InlineData("<<: [{a: 1}, 7]", "merges something other than a mapping or a list of mappings")]
    [InlineData("[1]: 2", "has a key that isn't a text")]
    [InlineData("a: !!binary aGVsbG8=", "has a tag that isn't supported")]
    [InlineData("a: !System.Diagnostics.Process {}", "has a tag that isn't supported")]
    [InlineData("a: !!python/object/apply:os.system [id]", "has a tag that isn't supported")]
    [InlineData("a: !!int x", "isn't true of its value")]
    [InlineData("a: !!set {b: }", "has a tag that isn't supported")]
    [InlineData("a: 1\n---\nb: 2", "line 2, column 1 begins a second document")]
    [InlineData("a:\n  \u001b[31m", "line 2, column 3 has a control character")]
    [InlineData("\u007f", "line 1, column 1 has a control character")]
    [InlineData("...\n...\n...\n...", "isn't valid YAML")]
    [InlineData("a: \"\\uD800\"", "isn't valid YAML")]
    // The parser gives no value for the first key.
    [InlineData("a:\n  :  b: c\n     d: e\n", "isn't valid YAML")]
    public void Text_IsRefusedWithItsPlace(string text, string words)
    {
        NetworkException e = NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(text), words);

        Assert.DoesNotContain(e.Message, char.IsControl);
        Assert.InRange(e.Message.Length, 1, 250);
    }

    [Fact]
    public void Aliases_CannotGrowWithoutLimit()
    {
        StringBuilder text = new("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(text.ToString()), "is more than 1000000 values, with its aliases replaced");

        string merged = "a0: &a0 {k: v}\n" + string.Concat(Enumerable.Range(1, 40).Select(static i => $"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: *a{i - 1}}}\n"));
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(merged), "with its aliases replaced");

        string big = $"a: &a {new string('x', 1 << 20)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 20))}]";
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(big), "is more than 16777216 characters");
    }

    [Fact]
    public void Nesting_IsBounded()
    {
        NetworkAssert.Refused(NetworkError.InvalidDefinition, () => Read(new string('[', 1_000_000)), "is nested deeper than 60 levels");
        NetworkAssert.Refused(
            NetworkError.InvalidDefinition, () => Read(string.Concat(Enumerable.Range(0, 100).Select(static i => new string(' ', i) + "a:\n"))), "is nested deeper");
        // Each alias adds the levels of what it stands for.
        NetworkAssert.Refused(
            NetworkError.InvalidDefinition,
            () => Read(string.Concat(Enumerable.Range(0, 100).Select(static i => $"a{i}: &a{i} [{(i > 0 ? $"*a{i - 1}" : "")}]\n"))),
            "is nested deeper");
        Assert.NotNull(Read(new string('[', 60) + new string(']', 60)));
    }

    [Fact]
    public void Nothing_IsNull()
    {
        Assert.Null(Read(""));
        Assert.Null(Read("# only a comment"));
        Assert.Null(Read("---\n...\n"));
    }

    private static string? Read(string text) => new YamlReader().Read(text)?.ToJsonString();
}
