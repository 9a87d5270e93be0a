namespace EmbeddedHost.Pester;

/// <summary>-HaveParameter: whether a command has a parameter, and of which kind.</summary>
internal sealed class ParameterAssertion(Type? type, bool? mandatory, string? parameterSet, string[] aliases)
{
    public Verdict Judge(Expectation expectation, object? actual)
    {
        if (ValueText.Plain(actual) is not CommandInfo command)
            throw new PSArgumentException("Input to -HaveParameter is no command. Get one by Get-Command.");
        string name = LanguagePrimitives.ConvertTo<string>(expectation.Expected);
        string[] mismatches = command.Parameters.TryGetValue(name, out ParameterMetadata? parameter)
            ? [.. Mismatches(parameter)]
            : ["the parameter is missing"];
        string subject = $"Expected command {command.Name} to";
        return expectation.Judge(
            mismatches.Length == 0,
            $"{subject} have a parameter {name}{expectation.Reason} but {string.Join(" and ", mismatches)}.",
            $"{subject} not have such a parameter {name}{expectation.Reason} but it has.");
    }

    private IEnumerable<string> Mismatches(ParameterMetadata parameter)
    {
        ParameterAttribute[] attributes = [.. parameter.Attributes.OfType<ParameterAttribute>()
            .Where(a => parameterSet is null || a.ParameterSetName == parameterSet)];
        if (parameterSet is not null && attributes.Length == 0)
            yield return $"it is not in the parameter set {parameterSet}";
        if (type is not null && parameter.ParameterType != type)
            yield return $"it is of type {ValueText.Of(parameter.ParameterType)}, not {ValueText.Of(type)}";
        if (mandatory is not null && attributes.Any(a => a.Mandatory) != mandatory)
            yield return mandatory.Value ? "it is not mandatory" : "it is mandatory";
        foreach (string alias in aliases.Except(parameter.Aliases, StringComparer.OrdinalIgnoreCase))
            yield return $"it has no alias {alias}";
    }
}
