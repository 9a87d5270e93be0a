using System.Text.RegularExpressions;
using MacIpvlan.Tests.Architecture;

namespace MacIpvlan.Tests.Help;

/// <summary>A cmdlet's page in docs/en-US, in PlatyPS's format.</summary>
internal sealed partial class HelpPage
{
    private static readonly string s_folder = Path.Combine(SourceTree.Root, "docs/en-US");
    private static readonly string s_project = Regex.Match(
        File.ReadAllText(Path.Combine(SourceTree.Root, "MacIpvlan.psd1")), "ProjectUri += '(.+)'").Groups[1].Value;
    private readonly Dictionary<string, string> _sections;

    private HelpPage(string text)
    {
        Text = text;
        _sections = Heading2().Split(text).Skip(1).Select(static s => s.Split('\n', 2))
            .ToDictionary(static s => s[0], static s => s[1].Trim());
        Parameters = [.. Heading3().Split(this["PARAMETERS"]).Select(static p => Parameter().Match(p))
            .Where(static m => m.Success).Select(static m => new HelpParameter(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))];
        Syntax = Syntaxes().Matches(this["SYNTAX"]).ToDictionary(
            static m => m.Groups[1].Value, static m => Flatten(m.Groups[2].Value));
        Examples = [.. Example().Matches(this["EXAMPLES"]).Select(static m => new HelpExample(
            m.Groups[1].Value, m.Groups[3].Value, Flatten(m.Groups[2].Value + m.Groups[4].Value)))];
    }

    /// <summary>The names of all pages of cmdlets.</summary>
    public static IEnumerable<string> Names => Find("*-*.md");

    /// <summary>The names of all other pages.</summary>
    public static IEnumerable<string> Topics => Find("about_*.md");

    public string Text { get; }

    public IReadOnlyList<HelpParameter> Parameters { get; }

    /// <summary>One line a parameter set, by its name and (Default).</summary>
    public IReadOnlyDictionary<string, string> Syntax { get; }

    public IReadOnlyList<HelpExample> Examples { get; }

    public string this[string section] => _sections[section];

    public static HelpPage Read(string name) => new(File.ReadAllText(Path.Combine(s_folder, $"{name}.md")));

    /// <summary>The short description of a topic.</summary>
    public static string Description(string topic) => Heading2().Split(File.ReadAllText(Path.Combine(s_folder, $"{topic}.md")))
        .First(static s => s.StartsWith("Short description", StringComparison.Ordinal)).Split('\n', 2)[1].Trim();

    /// <summary>Whether there is a page of that name, of a cmdlet or another.</summary>
    public static bool Exists(string name) => File.Exists(Path.Combine(s_folder, $"{name}.md"));

    /// <summary>The address of a page in the project's repository, which the manifest names.</summary>
    public static string Online(string name) => $"{s_project}/blob/main/docs/en-US/{name}.md";

    /// <summary>The text without its line breaks, which pages and built help have in other places.</summary>
    public static string Flatten(string text) => Space().Replace(text, " ").Trim();

    /// <summary>The subsections of a section, as of INPUTS: heading and text.</summary>
    public (string Heading, string Text)[] Items(string section) => [.. Heading3().Split(this[section])
        .Where(static s => s.Length > 0).Select(static s => s.Split('\n', 2)).Select(static s => (s[0], Flatten(s[1])))];

    private static IEnumerable<string> Find(string pattern) => Directory.EnumerateFiles(s_folder, pattern)
        .Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex Heading2();

    [GeneratedRegex("^### ", RegexOptions.Multiline)]
    private static partial Regex Heading3();

    [GeneratedRegex(@"^-(\w+)\n\n(.*?)\n\n```yaml\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^### ([^\n]+)\n\n```\n(.*?)\n```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Syntaxes();

    [GeneratedRegex(@"^### Example \d+: ([^\n]+)\n(.*?)```powershell\n(.*?)\n```(.*?)(?=^### |\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}

/// <summary>A parameter on a page: its text, and the block that tells the rest.</summary>
internal sealed record HelpParameter(string Name, string Description, string Yaml)
{
    public string DefaultValue => Yaml.Split('\n').First(static l => l.StartsWith("DefaultValue: ", StringComparison.Ordinal))[14..];
}

/// <summary>An example on a page.</summary>
internal sealed record HelpExample(string Title, string Code, string Remarks);
