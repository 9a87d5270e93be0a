using System.Text.RegularExpressions;

namespace MacIpvlan;

/// <summary>Writes names into commands that people paste into a shell.</summary>
internal static partial class ShellWord
{
    /// <summary>
    /// The name as one word: in quotes if a shell would take it apart or expand it. bash and PowerShell read the quotes alike, except
    /// for names that have both kinds.
    /// </summary>
    public static string Quote(string name) => Plain().IsMatch(name) ? name
        : !name.Contains('\'') ? $"'{name}'"
        : name.AsSpan().ContainsAny("\"$`\\!") ? $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'"
        : $"\"{name}\"";

    // A word that begins with another character could be a comment or a home folder, or a splatted variable.
    [GeneratedRegex(@"\A[\w/.][\w/.:@%+=,-]*\z")]
    private static partial Regex Plain();
}
