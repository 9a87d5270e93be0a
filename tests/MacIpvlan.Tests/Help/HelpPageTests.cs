using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text;
using System.Text.RegularExpressions;
using MacIpvlan.PowerShell;

namespace MacIpvlan.Tests.Help;

/// <summary>The pages of docs/en-US, held against the cmdlets.</summary>
public sealed class HelpPageTests
{
    private static readonly Dictionary<string, CommandMetadata> s_cmdlets = typeof(NetworkCommand).Assembly.GetTypes()
        .Where(static t => t.IsDefined(typeof(CmdletAttribute), false))
        .Select(static t => new CommandMetadata(t)).ToDictionary(static c => c.Name);

    public static TheoryData<string> Names => [.. s_cmdlets.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void EveryCmdletHasAPageAndEveryPageACmdlet() =>
        Assert.Equal(s_cmdlets.Keys.Order(StringComparer.Ordinal), HelpPage.Names);

    public static TheoryData<string> Topics => [.. HelpPage.Topics];

    // The list of Get-Help about_* shows only the first line, which has 80 columns with its indent.
    [Theory]
    [MemberData(nameof(Topics))]
    public void Topic_IsDescribedInOneLine(string name) =>
        Assert.InRange(HelpPage.Description(name).Length, 1, 75);

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_HasEveryParameterAsItIs(string name)
    {
        HelpPage page = HelpPage.Read(name);
        Dictionary<string, HelpParameter> told = page.Parameters.ToDictionary(static p => p.Name);
        PSObject cmdlet = new(Activator.CreateInstance(s_cmdlets[name].CommandType)!);

        Assert.Equal(Parameters(name).Select(static p => p.Name).Order(StringComparer.Ordinal), told.Keys.Order(StringComparer.Ordinal));
        foreach (ParameterMetadata parameter in Parameters(name))
        {
            HelpParameter help = told[parameter.Name];
            Assert.NotEmpty(help.Description);
            string value = Text(cmdlet.Properties[parameter.Name]?.Value ?? (parameter.SwitchParameter ? false : null)) is { Length: > 0 } text
                ? text
                // Without a value, the kernel or the network decides.
                : help.DefaultValue;
            Assert.Equal(Yaml(parameter, value), help.Yaml);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_HasTheSyntaxOfEveryParameterSet(string name)
    {
        CommandMetadata cmdlet = s_cmdlets[name];
        string[] sets = [.. Parameters(name).SelectMany(static p => p.ParameterSets.Keys).Distinct()
            .Where(static s => s != ParameterAttribute.AllParameterSets)];
        if (sets.Length == 0) sets = [ParameterAttribute.AllParameterSets];
        HelpPage page = HelpPage.Read(name);

        Assert.Equal(
            sets.Select(s => s == cmdlet.DefaultParameterSetName && sets.Length > 1 ? $"{s} (Default)" : s).Order(StringComparer.Ordinal),
            page.Syntax.Keys.Order(StringComparer.Ordinal));
        foreach ((string heading, string syntax) in page.Syntax)
        {
            string set = heading.Replace(" (Default)", "", StringComparison.Ordinal);
            string[] expected = [.. Parameters(name).Select(p => Syntax(p, set)).OfType<string>(), "[<CommonParameters>]"];
            string[] actual = [.. Regex.Split(syntax[(name.Length + 1)..], @" (?=\[|-)")];
            Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_TellsWhatTheCmdletWrites(string name) => Assert.Equal(
        s_cmdlets[name].CommandType.GetCustomAttributes(typeof(OutputTypeAttribute), false).Cast<OutputTypeAttribute>()
            .SelectMany(static o => o.Type).Select(static t => t.Name).DefaultIfEmpty("None"),
        HelpPage.Read(name).Items("OUTPUTS").Select(static o => o.Heading));

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_IsComplete(string name)
    {
        HelpPage page = HelpPage.Read(name);

        Assert.DoesNotContain("{{", page.Text, StringComparison.Ordinal);
        Assert.True(page.Examples.Count >= 2, "An administrator learns from at least two examples.");
        // What has none, or several blocks, would not be run as it is written.
        Assert.Equal(page.Items("EXAMPLES").Length, page.Examples.Count);
        Assert.All(page.Examples, static e => Assert.DoesNotContain("```", e.Code + e.Remarks, StringComparison.Ordinal));
        Assert.Contains($"title: {name}\n", page.Text, StringComparison.Ordinal);
        Assert.All(["SYNOPSIS", "DESCRIPTION", "NOTES"], section => Assert.NotEmpty(page[section]));
        string[] links = [.. Regex.Matches(page["RELATED LINKS"], @"- \[(.*?)\]\(\1\.md\)").Select(static m => m.Groups[1].Value)];
        Assert.NotEmpty(links);
        Assert.All(links, static link => Assert.True(HelpPage.Exists(link), link));
    }

    private static IEnumerable<ParameterMetadata> Parameters(string cmdlet) => s_cmdlets[cmdlet].Parameters.Values.Concat(
        s_cmdlets[cmdlet].SupportsShouldProcess ? ParameterMetadata.GetParameterMetadata(typeof(ShouldProcessParameters)).Values : []);

    private static string Text(object? value) => value switch
    {
        null or ICollection => "",
        VlanProtocol protocol => Protocols[protocol],
        _ => LanguagePrimitives.ConvertTo<string>(value),
    };

    // The names of the standards, which are not those of an enumeration.
    private static Dictionary<VlanProtocol, string> Protocols { get; } =
        new() { [VlanProtocol.Ieee8021Q] = "802.1Q", [VlanProtocol.Ieee8021AD] = "802.1ad" };

    private static string Yaml(ParameterMetadata parameter, string value)
    {
        string[] accepted = parameter.ParameterType == typeof(VlanProtocol) ? [.. Protocols.Values]
            : parameter.ParameterType.IsEnum ? Enum.GetNames(parameter.ParameterType)
            : [];
        StringBuilder yaml = new();
        Line($"Type: {parameter.ParameterType}");
        Line($"DefaultValue: {value}");
        Line($"SupportsWildcards: {Lower(parameter.Attributes.Any(static a => a is SupportsWildcardsAttribute))}");
        List("Aliases", parameter.Aliases);
        Line("ParameterSets:");
        foreach ((string set, ParameterSetMetadata use) in parameter.ParameterSets)
        {
            Line($"- Name: {(set == ParameterAttribute.AllParameterSets ? "(All)" : set)}");
            Line($"  Position: {(use.Position < 0 ? "Named" : use.Position)}");
            Line($"  IsRequired: {Lower(use.IsMandatory)}");
            Line($"  ValueFromPipeline: {Lower(use.ValueFromPipeline)}");
            Line($"  ValueFromPipelineByPropertyName: {Lower(use.ValueFromPipelineByPropertyName)}");
            Line($"  ValueFromRemainingArguments: {Lower(use.ValueFromRemainingArguments)}");
        }

        Line("DontShow: false");
        List("AcceptedValues", accepted);
        return yaml.Append("HelpMessage: ''").ToString();

        void Line(string text) => yaml.Append(text).Append('\n');

        void List(string key, IReadOnlyCollection<string> items)
        {
            Line(items.Count == 0 ? $"{key}: []" : $"{key}:");
            foreach (string item in items) Line($"- {item}");
        }

        static string Lower(bool value) => value ? "true" : "false";
    }

    // As PowerShell writes it; null for a parameter that is not in the set.
    private static string? Syntax(ParameterMetadata parameter, string set)
    {
        if (!parameter.ParameterSets.TryGetValue(set, out ParameterSetMetadata? use)
            && !parameter.ParameterSets.TryGetValue(ParameterAttribute.AllParameterSets, out use)) return null;
        string text = use.Position < 0 ? $"-{parameter.Name}" : $"[-{parameter.Name}]";
        if (!parameter.SwitchParameter) text += $" <{ShortName(parameter.ParameterType)}>";
        return use.IsMandatory ? text : $"[{text}]";
    }

    private static string ShortName(Type type)
    {
        Type item = type.GetElementType() ?? Nullable.GetUnderlyingType(type) ?? type;
        string name = item == typeof(int) ? "int"
            : item == typeof(string) ? "string"
            : item == typeof(bool) ? "bool"
            : item == typeof(double) ? "double"
            : item == typeof(Hashtable) ? "hashtable"
            : item.Name;
        return type.IsArray ? $"{name}[]" : name;
    }
}
