using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace MacIpvlan.PowerShell;

/// <summary>
/// Completes a parameter from a list of names. If the list can't be read, there are no completions and no error.
/// </summary>
public abstract partial class NameCompleter : IArgumentCompleter
{
    // The characters that PowerShell treats as quotes.
    private static readonly char[] s_quotes = [.. "'\"\u2018\u2019\u201a\u201b\u201c\u201d\u201e"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string beginning = wordToComplete.Trim(s_quotes).Replace("''", "'", StringComparison.Ordinal);
        try
        {
            using NetworkSession session = new(StateLocation.OpenExisting) { OpenRuntimes = RuntimeLocation.Open, Recovering = Recovery.Run };
            return [.. Complete(session, new(commandName, parameterName, beginning, fakeBoundParameters))
                .Where(n => n.Name.Length > 0 && n.Name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
                .DistinctBy(static n => n.Name)
                .Select(static n => new CompletionResult(n.IsPlain ? n.Name : Quote(n.Name), n.Name, CompletionResultType.ParameterValue, n.Describe()))];
        }
        catch (Exception e) when (e is NetworkException or NetlinkException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Returns the names, each with its tooltip.</summary>
    private protected abstract IEnumerable<Candidate> Complete(NetworkSession session, CompletionInput input);

    private static string Quote(string name) =>
        Bare().IsMatch(name) ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";

    // Anything else could be parsed as a number, a parameter or an operator.
    [GeneratedRegex(@"\A[\p{L}_/][\w./:-]*\z")]
    private static partial Regex Bare();

    /// <summary>A name and its tooltip.</summary>
    internal sealed record Candidate(string Name, Func<string> Describe)
    {
        /// <summary>Whether it's an address or a number, which is written without quotes.</summary>
        public bool IsPlain { get; init; }
    }

    /// <summary>What is on the command line.</summary>
    /// <param name="Command">The command.</param>
    /// <param name="Parameter">The parameter.</param>
    /// <param name="Beginning">The beginning of the value, without quotes.</param>
    /// <param name="Parameters">The other parameters.</param>
    internal sealed record CompletionInput(string Command, string Parameter, string Beginning, IDictionary Parameters)
    {
        /// <summary>Whether any namespace or container can be meant, and not only those that have NICs.</summary>
        public bool IsOfAnyTarget => Parameter == "Destination" || Command.Split('\\')[^1].Split('-')[0].ToUpperInvariant() is "CONNECT" or "INVOKE";

        /// <summary>The values of a parameter, as far as they are known during completion.</summary>
        public IReadOnlyList<string> Given(string parameter) => Parameters[parameter] switch
        {
            null => [],
            IEnumerable many and not string => [.. many.Cast<object?>().Select(static v => $"{v}")],
            object one => [$"{one}"],
        };
    }
}
