using System.Text.RegularExpressions;
using System.Xml.Linq;
using MacIpvlan.Tests.Architecture;

namespace MacIpvlan.Tests.Help;

/// <summary>The built help of en-US, which PowerShell shows, held against the pages that it was built from.</summary>
public sealed partial class BuiltHelpTests
{
    private static readonly string s_folder = Path.Combine(SourceTree.Root, "en-US");

    // PowerShell looks for the help of a cmdlet by the name of its assembly.
    private static readonly Dictionary<string, XElement> s_commands = XDocument.Load(
            Path.Combine(s_folder, "MacIpvlan.PowerShell.dll-Help.xml"))
        .Root!.Elements().ToDictionary(static c => Child(c, "details", "name").Value);

    public static TheoryData<string> Names => [.. HelpPage.Names];

    public static TheoryData<string> Topics => [.. HelpPage.Topics];

    [Fact]
    public void Help_IsOfThePagesThatThereAre()
    {
        Assert.Equal(HelpPage.Names, s_commands.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            HelpPage.Topics.Select(static t => $"{t}.help.txt"),
            Directory.EnumerateFiles(s_folder, "*.txt").Select(static f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Command_HasTheTextOfItsPage(string name)
    {
        (XElement command, HelpPage page) = (s_commands[name], HelpPage.Read(name));

        Assert.Equal(page["SYNOPSIS"], Text(Child(command, "details", "description")));
        Assert.Equal(
            HelpPage.Flatten(WithoutMarkup(page["DESCRIPTION"])),
            HelpPage.Flatten(WithoutLabels(string.Join('\n', Child(command, "description").Elements().Select(static p => p.Value)), page["DESCRIPTION"], indent: 4)));
        Assert.Equal(HelpPage.Flatten(page["NOTES"]), Text(Child(command, "alertSet", "alert")));
        Assert.Equal(page.Items("INPUTS"), Types(Child(command, "inputTypes")));
        Assert.Equal(page.Items("OUTPUTS"), Types(Child(command, "returnValues")));
        Assert.Equal(
            page.Examples.Select(static (e, i) => $"Example {i + 1}: {e.Title}\n{e.Code}\n{e.Remarks}"),
            Child(command, "examples").Elements().Select(static e =>
                $"{Child(e, "title").Value.Trim('-', ' ')}\n{Child(e, "code").Value}\n{Text(Child(e, "remarks"))}"));
        Assert.Equal(
            Regex.Matches(page["RELATED LINKS"], @"\[(.*?)\]").Select(static m => (m.Groups[1].Value, ""))
                .Prepend(("Online Version", HelpPage.Online(name))),
            Child(command, "relatedLinks").Elements().Select(static l => (Child(l, "linkText").Value, Child(l, "uri").Value.Trim())));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Command_HasTheParametersOfItsPage(string name)
    {
        (XElement command, HelpPage page) = (s_commands[name], HelpPage.Read(name));

        Assert.Equal(
            page.Parameters.Select(Describe).Order(StringComparer.Ordinal),
            Child(command, "parameters").Elements().Select(Describe).Order(StringComparer.Ordinal));
        Assert.Equal(
            page.Syntax.Values.Select(static s => string.Join(' ', ParameterName().Matches(s[s.IndexOf(' ')..]).Select(static m => m.Value))),
            Child(command, "syntax").Elements().Select(static s =>
                string.Join(' ', s.Elements().Skip(1).Select(static p => $"-{Child(p, "name").Value}"))));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Topic_HasTheTextOfItsPage(string topic)
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs/en-US", $"{topic}.md"));
        string text = WithoutLabels(File.ReadAllText(Path.Combine(s_folder, $"{topic}.help.txt")), page, indent: 8);
        string online = $"\nONLINE VERSION\n        {HelpPage.Online(topic)}\n";

        Assert.EndsWith(online, text, StringComparison.Ordinal);
        text = text[..^online.Length];
        Assert.Equal(Words(WithoutMarkup(page)), Words(Regex.Replace(text, @"\ATOPIC\n", "")));
        Assert.All(text.Split('\n').Where(static l => !l.StartsWith("        ", StringComparison.Ordinal)), static l => Assert.True(l.Length <= 80, l));
    }

    // In the text, a row is its first cell and the others below it, each with its column's heading.
    private static string WithoutLabels(string text, string page, int indent)
    {
        IEnumerable<string> headings = TableHeading().Matches(page).SelectMany(static m => m.Groups[1].Value.Split('|')).Select(static h => h.Trim());
        string label = $"^ {{{indent}}}({string.Join('|', headings.Where(static h => h.Length > 0).Select(Regex.Escape).DefaultIfEmpty("-"))}): ";
        return Regex.Replace(text, label, "", RegexOptions.Multiline);
    }

    private static string WithoutMarkup(string page) => Markup().Replace(TableHeading().Replace(page, ""), " ");

    private static string Words(string text) => HelpPage.Flatten(text).ToUpperInvariant();

    private static XElement Child(XElement parent, params string[] names) =>
        names.Aggregate(parent, static (e, name) => e.Elements().First(c => c.Name.LocalName == name));

    private static string Text(XElement element) => HelpPage.Flatten(string.Join(' ', element.Elements().Select(static p => p.Value)));

    private static (string, string)[] Types(XElement list) =>
        [.. list.Elements().Select(static t => (Child(t, "type", "name").Value, Text(Child(t, "description"))))];

    private static string Describe(HelpParameter parameter)
    {
        bool byValue = parameter.Yaml.Contains("ValueFromPipeline: true", StringComparison.Ordinal);
        bool byName = parameter.Yaml.Contains("ValueFromPipelineByPropertyName: true", StringComparison.Ordinal);
        string input = string.Join(", ", ((string[])[byValue ? "ByValue" : "", byName ? "ByPropertyName" : ""]).Where(static w => w.Length > 0));
        string[] aliases = [.. Regex.Matches(parameter.Yaml[..parameter.Yaml.IndexOf("ParameterSets", StringComparison.Ordinal)], "^- (.*)$", RegexOptions.Multiline)
            .Select(static m => m.Groups[1].Value)];
        // Of several sets, the first one speaks.
        return string.Join('\n', parameter.Name, HelpPage.Flatten(parameter.Description), Value("Type"), Value("SupportsWildcards"),
            input.Length == 0 ? "false" : $"true ({input})", Value("  IsRequired"), Value("  Position"),
            aliases.Length == 0 ? "none" : string.Join(", ", aliases), parameter.DefaultValue == "''" ? "None" : parameter.DefaultValue);

        string Value(string key) => Regex.Match(parameter.Yaml, $"^{key}: (.*)$", RegexOptions.Multiline).Groups[1].Value;
    }

    private static string Describe(XElement parameter) => string.Join(
        '\n', Child(parameter, "name").Value, Text(Child(parameter, "description")), Child(parameter, "type", "name").Value,
        parameter.Attribute("globbing")!.Value, parameter.Attribute("pipelineInput")!.Value, parameter.Attribute("required")!.Value,
        parameter.Attribute("position")!.Value, parameter.Attribute("aliases")!.Value, Child(parameter, "defaultValue").Value);

    [GeneratedRegex(@"(?<=[ \[])-\w+")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"^\|(.*)\|\n\|[-|]+\|$", RegexOptions.Multiline)]
    private static partial Regex TableHeading();

    [GeneratedRegex(@"^#+ |^```\w*$|(?<=^\|.*)\||^\|", RegexOptions.Multiline)]
    private static partial Regex Markup();
}
