using MacIpvlan.Formats;

namespace MacIpvlan.Tests.Formats;

/// <summary>Variables in Compose files and in .env, as compose-go reads them.</summary>
public sealed class ComposeTemplateTests
{
    private readonly List<string> _unset = [];

    [Theory]
    [InlineData("$FOO", "first")]
    [InlineData("${FOO}", "first")]
    [InlineData("a${FOO}b$FOO-c", "afirstbfirst-c")]
    [InlineData("$$FOO $$$FOO", "$FOO $first")]
    [InlineData("$1 $ $- a$", "$1 $ $- a$")]
    [InlineData("$_X1y", "under")]
    [InlineData("${FOO:-x}${FOO-x}", "firstfirst")]
    [InlineData("${NONE:-x}${NONE-y}", "xy")]
    [InlineData("${EMPTY:-x}|${EMPTY-y}|", "x||")]
    [InlineData("${NONE-}", "")]
    [InlineData("${FOO:+x}|${EMPTY:+x}|${NONE:+x}|", "x|||")]
    [InlineData("${FOO+x}|${EMPTY+x}|${NONE+x}|", "x|x||")]
    [InlineData("${FOO?no}${FOO:?no}", "firstfirst")]
    [InlineData("${EMPTY?no}|", "|")]
    [InlineData("${NONE:-${FOO}}", "first")]
    [InlineData("${NONE:-${OTHER:-$FOO}-z}end", "first-zend")]
    [InlineData("${NONE:-a:-b}", "a:-b")]
    [InlineData("${NONE-a?b+c}", "a?b+c")]
    [InlineData("${NONE:-$$x}", "$x")]
    [InlineData("${FOO:+${FOO}/24}", "first/24")]
    [InlineData("${NONE:-{}}", "{}")]
    public void Text_HasItsVariables(string text, string filled)
    {
        Assert.Equal(filled, Fill(text));
        Assert.Empty(_unset);
    }

    [Fact]
    public void VariableThatIsNotSet_IsEmptyAndNamed()
    {
        Assert.Equal("ab", Fill("a${NONE}b$OTHER"));
        Assert.Equal(["NONE", "OTHER"], _unset);
    }

    [Theory]
    [InlineData("${}", "write $$ for a $ sign")]
    [InlineData("${1}", "isn't valid")]
    [InlineData("${FOO", "isn't valid")]
    [InlineData("${FOO:}", "isn't valid")]
    [InlineData("${FOO!x}", "isn't valid")]
    [InlineData("${ FOO}", "isn't valid")]
    [InlineData("${NONE:?set it to ${FOO}\u001b}", "the required variable NONE is missing: set it to first\uFFFD")]
    [InlineData("${NONE?}", "the required variable NONE is missing")]
    [InlineData("${EMPTY:?}", "the required variable EMPTY is missing")]
    public void Text_IsRefused(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => Fill(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Growth_IsBounded()
    {
        string text = string.Concat(Enumerable.Repeat("$BIG", 2000));
        Assert.Contains("too long", Assert.Throws<FormatException>(() => Fill(text)).Message, StringComparison.Ordinal);

        string deep = string.Concat(Enumerable.Repeat("${NONE:-", 10_000)) + new string('}', 10_000);
        Assert.Contains("levels", Assert.Throws<FormatException>(() => Fill(deep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_IsReadAsComposeReadsIt()
    {
        Dictionary<string, string> read = ComposeVariableFile.Read(
            """
            # comment
            PLAIN=10.1.0.0/24
              SPACED = a b   # comment
            export EXPORTED=x
            YAML: y
            HASH=a#b
            SINGLE='$FOO \n it\'s'
            DOUBLE="$FOO\t\$FOO \"q\" a\x \0123\f"
            LINES="one
            two"
            FROM=${PLAIN}-$FOO-${NONE:-n}
            FOO=theirs
            EMPTY_ONE=
            FOO
            NONE

            LAST=z
            """, Variable);

        Assert.Equal(
            [
                "PLAIN=10.1.0.0/24", "SPACED=a b", "EXPORTED=x", "YAML=y", "HASH=a#b", @"SINGLE=$FOO \n it's", "DOUBLE=first\t$FOO \"q\" a\\x S\f",
                "LINES=one\ntwo", "FROM=10.1.0.0/24-first-n", "FOO=first", "EMPTY_ONE=", "LAST=z",
            ],
            read.Select(static v => $"{v.Key}={v.Value}"));
    }

    [Theory]
    [InlineData("A=1\nB=\"x", "line 2 has a quotation mark without an end")]
    [InlineData("A=1\n\n?", "line 3 isn't NAME=VALUE")]
    [InlineData("A=${", "line 1 can't be read: it has a reference")]
    [InlineData("A=${NONE:?}", "line 1 can't be read: the required variable NONE is missing")]
    public void File_IsRefusedWithItsLine(string text, string words) =>
        Assert.StartsWith(words, Assert.Throws<FormatException>(() => ComposeVariableFile.Read(text, Variable)).Message, StringComparison.Ordinal);

    private string Fill(string text) => new ComposeTemplate(Variable, _unset.Add).Fill(text);

    private static string? Variable(string name) => name switch
    {
        "FOO" => "first",
        "EMPTY" => "",
        "_X1y" => "under",
        "BIG" => new string('x', 10_000),
        _ => null,
    };
}
