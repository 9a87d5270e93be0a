using System.Text;
using System.Text.RegularExpressions;

namespace EmbeddedHost.Pester;

/// <summary>Replaces <c>&lt;name&gt;</c>, <c>&lt;_&gt;</c> and <c>&lt;a.b&gt;</c> in the name of a block or test.</summary>
internal static partial class NameTemplate
{
    public static string Expand(string name, EngineIntrinsics engine)
    {
        if (!name.Contains('<', StringComparison.Ordinal))
            return name;
        var text = new StringBuilder();
        int position = 0;
        foreach (Match match in Template().Matches(name))
        {
            text.Append(name, position, match.Index - position);
            text.Append(match.Groups["escaped"].Success
                ? match.Groups["escaped"].Value
                : Value(match.Groups["expression"].Value, engine));
            position = match.Index + match.Length;
        }
        return text.Append(name, position, name.Length - position).ToString();
    }

    private static string Value(string expression, EngineIntrinsics engine)
    {
        ScriptBlock block = ScriptBlock.Create($"\"$(${expression})\"");
        return string.Concat(engine.InvokeCommand.InvokeScript(false, block, null));
    }

    [GeneratedRegex("(?<!`)<(?<expression>[^>`]+)>|`(?<escaped>[<>])")]
    private static partial Regex Template();
}
