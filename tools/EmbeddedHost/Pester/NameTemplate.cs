using System.Text.RegularExpressions;

namespace EmbeddedHost.Pester;

/// <summary>The templates <c>&lt;name&gt;</c> and <c>&lt;a.b&gt;</c> in the name of a block or test.</summary>
internal static partial class NameTemplate
{
    /// <summary>The name as a string literal of PowerShell in which only the templates are evaluated.</summary>
    public static string Literal(string name) => '"' + Part().Replace(name, Replacement) + '"';

    private static string Replacement(Match part)
    {
        if (part.Groups["expression"].Success)
            return "$($" + part.Groups["expression"].Value + ")";
        return part.Groups["bracket"].Success ? part.Groups["bracket"].Value : "`" + part.Value;
    }

    /// <summary>A template, a bracket that is meant as such, or what PowerShell would not take literally.</summary>
    [GeneratedRegex("(?<!`)<(?<expression>[^>`]+)>|`(?<bracket>[<>])|[`$\"\u201C\u201D\u201E]")]
    private static partial Regex Part();
}
