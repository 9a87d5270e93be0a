using System.Text.RegularExpressions;
using MacIpvlan.Linux;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Architecture;

/// <summary>The page of all errors, held against the code.</summary>
public sealed partial class ErrorPageTests
{
    private static readonly Dictionary<string, string> s_page = Row()
        .Matches(File.ReadAllText(Path.Combine(SourceTree.Root, "docs/en-US/about_MacIpvlan_Errors.md")))
        .ToDictionary(static r => r.Groups["id"].Value, static r => r.Groups["category"].Value);

    public static TheoryData<NetworkError> Errors => [.. Enum.GetValues<NetworkError>()];

    [Theory]
    [MemberData(nameof(Errors))]
    public void Page_HasEveryErrorWithTheCategoryThatTheCodeGivesIt(NetworkError error) => Assert.Equal(
        ErrorRecords.From(new NetworkException(error, "text"), null).CategoryInfo.Category.ToString(),
        Assert.Contains(error.ToString(), (IReadOnlyDictionary<string, string>)s_page));

    [Fact]
    public void Page_HasNoErrorThatTheCodeLacks()
    {
        IEnumerable<string> kernel = Enumerable.Range(1, 133).Select(Errno.Name);

        Assert.Empty(s_page.Keys.Except(Enum.GetNames<NetworkError>()).Except(kernel));
    }

    [Fact]
    public void Page_GivesErrorsOfTheKernelTheCategoryOfTheCode()
    {
        foreach (int errno in Enumerable.Range(1, 133).Where(static n => s_page.ContainsKey(Errno.Name(n))))
        {
            Assert.Equal(
                ErrorRecords.From(new NetlinkException("step", errno), null).CategoryInfo.Category.ToString(),
                s_page[Errno.Name(errno)]);
        }
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Code_CanRaiseEveryErrorOfThePage(NetworkError error) => Assert.Contains(
        SourceTree.Read("src").Where(static f => !f.Key.EndsWith("ErrorRecords.cs", StringComparison.Ordinal)),
        f => f.Value.Contains($"NetworkError.{error}", StringComparison.Ordinal));

    [GeneratedRegex(@"^\| (?<id>[A-Z]\w{2,}) \| (?<category>[A-Z]\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
