using System.Text.RegularExpressions;

namespace EmbeddedHost.Pester;

/// <summary>The lines that explain a failure: what was wrong, and where, as far as the user's own code goes.</summary>
internal static partial class FailureText
{
    public static IEnumerable<string> Lines(ErrorRecord error)
    {
        bool isAssertion = error.TargetObject is AssertionFailure;
        for (Exception? e = error.Exception; e is not null; e = e.InnerException)
        {
            foreach (string line in ((isAssertion ? "" : e.GetType().Name + ": ") + e.Message).TrimEnd().Split('\n'))
                yield return line;
        }
        if (error.TargetObject is AssertionFailure failure)
            yield return $"at {failure.LineText}, {failure.File}:{failure.Line}";
        foreach (string line in Trace(error))
            yield return line;
    }

    private static IEnumerable<string> Trace(ErrorRecord error) => (error.ScriptStackTrace ?? "")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .TakeWhile(line => !line.Contains(TestScopes.ScopeFile, StringComparison.Ordinal))
        .Where(line => !line.Contains("<No file>", StringComparison.Ordinal))
        .Select(line => LineNumber().Replace(line.TrimEnd('\r'), ":$1"));

    /// <summary>A form that terminals and editors make a link of.</summary>
    [GeneratedRegex(@": line (\d+)$")]
    private static partial Regex LineNumber();
}
