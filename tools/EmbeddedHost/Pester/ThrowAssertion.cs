using System.Management.Automation.Runspaces;

namespace EmbeddedHost.Pester;

/// <summary>-Throw: whether a script block throws, and what.</summary>
internal sealed class ThrowAssertion(string? message, string? errorId, Type? exceptionType)
{
    /// <summary>What was thrown, for -PassThru.</summary>
    public ErrorRecord? Thrown { get; private set; }

    public Verdict Judge(Expectation expectation, object? actual, CommandInvocationIntrinsics engine)
    {
        if (ValueText.Plain(actual) is not ScriptBlock block)
            throw new PSArgumentException("Input to -Throw is missing or no script block. Enclose it in curly braces.");
        Thrown = Run(block, engine);
        if (expectation.IsNegated)
        {
            // As in Pester, any exception is one too many.
            return new Verdict(Thrown is null,
                $"Expected no exception to be thrown{expectation.Reason} "
                + $"but an exception \"{Thrown?.Exception.Message}\" was thrown {Position(Thrown)}.");
        }
        string[] mismatches = [.. Mismatches(Thrown)];
        string[] filters = [.. Filters()];
        string with = filters.Length == 0 ? "" : " with " + string.Join(" and ", filters);
        string but = string.Join(" and ", mismatches);
        return new Verdict(mismatches.Length == 0,
            $"Expected an exception{with} to be thrown{expectation.Reason} but {but}. {Position(Thrown)}".Trim());
    }

    private static ErrorRecord? Run(ScriptBlock block, CommandInvocationIntrinsics engine)
    {
        const string Catch = "do { try { $null = & $args[0] } catch { $_ } } until ($true)";
        var caught = engine.InvokeScript(Catch, useNewScope: true, PipelineResultTypes.Error, null, block);
        return caught.Select(c => c.BaseObject).OfType<ErrorRecord>().FirstOrDefault();
    }

    private IEnumerable<string> Filters()
    {
        if (exceptionType is not null)
            yield return "type " + ValueText.Of(exceptionType);
        if (!string.IsNullOrWhiteSpace(message))
            yield return "message like " + ValueText.Of(message);
        if (!string.IsNullOrWhiteSpace(errorId))
            yield return "FullyQualifiedErrorId " + ValueText.Of(errorId);
    }

    private IEnumerable<string> Mismatches(ErrorRecord? thrown)
    {
        if (thrown is null)
        {
            yield return "no exception was thrown";
            yield break;
        }
        if (exceptionType is not null && !exceptionType.IsInstanceOfType(thrown.Exception))
            yield return "the exception type was " + ValueText.Of(thrown.Exception.GetType());
        if (!IsLike(thrown.Exception.Message, message))
            yield return "the message was " + ValueText.Of(thrown.Exception.Message);
        if (!IsLike(thrown.FullyQualifiedErrorId, errorId))
            yield return "the FullyQualifiedErrorId was " + ValueText.Of(thrown.FullyQualifiedErrorId);
    }

    private static bool IsLike(string text, string? pattern) => string.IsNullOrWhiteSpace(pattern)
        || WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(text);

    private static string Position(ErrorRecord? thrown) => thrown?.InvocationInfo is { ScriptLineNumber: > 0 } position
        ? $"from {position.ScriptName}:{position.ScriptLineNumber} char:{position.OffsetInLine}"
        : "";
}
