using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace MacIpvlan.PowerShell;

/// <summary>Completes a parameter from a list of names; silent when the list cannot be had.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        WildcardPattern pattern = new(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        try
        {
            using NetworkSession session = new(StateLocation.Open) { OpenRuntimes = RuntimeLocation.Open };
            return [.. Names(session).Where(n => pattern.IsMatch(n.Name)).Select(static n => new CompletionResult(
                n.Name, n.Name, CompletionResultType.ParameterValue, n.Tip))];
        }
        catch (Exception e) when (e is NetworkException or NetlinkException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The names, with what to show of each.</summary>
    private protected abstract IEnumerable<(string Name, string Tip)> Names(NetworkSession session);
}

/// <summary>Completes names of networks.</summary>
public sealed class NetworkCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(NetworkSession session) =>
        new ContainerNetworks(session).GetAll().Select(
            static n => (n.Name, $"{n.Kind} {n.ModeText} on {n.Parent}: {string.Join(", ", n.Subnets)}"));
}

/// <summary>Completes names of links that can be parents, those that are up first.</summary>
public sealed class ParentCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(NetworkSession session) =>
        new VlanSubInterfaces(session).GetParents().Select(
            static l => (l.Name, $"{l.Name}: {l.KindName ?? "hardware"}, {(l.IsUp ? "up" : "down")}, MTU {l.Mtu}"));
}

/// <summary>Completes names of network namespaces.</summary>
public sealed class NamespaceCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(NetworkSession session) =>
        NetworkNamespaces.GetAll().Select(static n => (n.Name, n.Path));
}

/// <summary>Completes names of containers that run.</summary>
public sealed class ContainerCompleter : NameCompleter
{
    // What the user at the prompt does not notice.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private protected override IEnumerable<(string Name, string Tip)> Names(NetworkSession session) => Running(session);

    internal static IEnumerable<(string Name, string Tip)> Running(NetworkSession session) =>
        new NicTargets(session).GetRunning(s_patience).Select(
            static c => (c.Name, $"{c.ShortId}: {c.Image}, {c.Runtime}")).OrderBy(static c => c.Name, StringComparer.Ordinal);
}

/// <summary>Completes names of network namespaces, then of containers that run.</summary>
public sealed class TargetCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string Tip)> Names(NetworkSession session) =>
        NetworkNamespaces.GetAll().Select(static n => (n.Name, Tip: n.Path)).Concat(ContainerCompleter.Running(session))
            .DistinctBy(static n => n.Name);
}
