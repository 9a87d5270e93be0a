namespace EmbeddedHost.Pester;

/// <summary>Should. Each operator is a switch, and a parameter set of its own.</summary>
[Cmdlet(VerbsLifecycle.Assert, "Expectation")]
public sealed class ShouldCommand : PSCmdlet
{
    internal const string FailedErrorId = "PesterAssertionFailed";

    private readonly List<object?> _actual = [];

    [Parameter(ValueFromPipeline = true), AllowNull, AllowEmptyCollection] public object? ActualValue { get; set; }

    [Parameter(Position = 0)]
    [Alias("ExpectedMessage", "ExpectedType", "RegularExpression", "ParameterName")]
    [AllowNull]
    public object? ExpectedValue { get; set; }

    [Parameter] public SwitchParameter Not { get; set; }
    [Parameter] public string? Because { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = nameof(Be)), Alias("EQ")] public SwitchParameter Be { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeExactly))]
    [Alias("CEQ")]
    public SwitchParameter BeExactly { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeNullOrEmpty))]
    public SwitchParameter BeNullOrEmpty { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeTrue))] public SwitchParameter BeTrue { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeFalse))] public SwitchParameter BeFalse { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeOfType))]
    [Alias("HaveType")]
    public SwitchParameter BeOfType { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeIn))] public SwitchParameter BeIn { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLike))] public SwitchParameter BeLike { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLikeExactly))]
    public SwitchParameter BeLikeExactly { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeGreaterThan))]
    [Alias("GT")]
    public SwitchParameter BeGreaterThan { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLessThan))]
    [Alias("LT")]
    public SwitchParameter BeLessThan { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeGreaterOrEqual))]
    [Alias("GE")]
    public SwitchParameter BeGreaterOrEqual { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLessOrEqual))]
    [Alias("LE")]
    public SwitchParameter BeLessOrEqual { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(Contain))] public SwitchParameter Contain { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = nameof(HaveCount))] public SwitchParameter HaveCount { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = nameof(Match))] public SwitchParameter Match { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(MatchExactly))]
    [Alias("CMATCH")]
    public SwitchParameter MatchExactly { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(Exist))] public SwitchParameter Exist { get; set; }
    [Parameter(Mandatory = true, ParameterSetName = nameof(Throw))] public SwitchParameter Throw { get; set; }
    [Parameter(ParameterSetName = nameof(Throw))] public string? ErrorId { get; set; }
    [Parameter(ParameterSetName = nameof(Throw))] public Type? ExceptionType { get; set; }
    [Parameter(ParameterSetName = nameof(Throw))] public SwitchParameter PassThru { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = nameof(HaveParameter))]
    public SwitchParameter HaveParameter { get; set; }

    [Parameter(ParameterSetName = nameof(HaveParameter))] public Type? Type { get; set; }
    [Parameter(ParameterSetName = nameof(HaveParameter))] public SwitchParameter Mandatory { get; set; }
    [Parameter(ParameterSetName = nameof(HaveParameter))] public string? InParameterSet { get; set; }
    [Parameter(ParameterSetName = nameof(HaveParameter))] public string[] Alias { get; set; } = [];

    protected override void ProcessRecord()
    {
        if (MyInvocation.ExpectingInput)
            _actual.Add(ActualValue);
    }

    protected override void EndProcessing()
    {
        // An argument is taken apart as the pipeline would have done it.
        object?[] actual = MyInvocation.ExpectingInput ? [.. _actual] : EqualityAssertions.Elements(ActualValue);
        var expectation = new Expectation(ExpectedValue, Not, Because);
        switch (ParameterSetName)
        {
            case nameof(Be): Check(EqualityAssertions.Be(expectation, actual, caseSensitive: false)); break;
            case nameof(BeExactly): Check(EqualityAssertions.Be(expectation, actual, caseSensitive: true)); break;
            case nameof(BeNullOrEmpty): Check(EqualityAssertions.BeNullOrEmpty(expectation, actual)); break;
            case nameof(Contain): Check(EqualityAssertions.Contain(expectation, actual)); break;
            case nameof(HaveCount): Check(EqualityAssertions.HaveCount(expectation, actual)); break;
            default:
                // The other operators look at one value after the other.
                foreach (object? value in actual.Length == 0 ? [null] : actual)
                    CheckValue(expectation, value);
                break;
        }
    }

    private void CheckValue(Expectation expectation, object? value) => Check(ParameterSetName switch
    {
        nameof(BeTrue) => ValueAssertions.BeTrue(expectation, value, expected: true),
        nameof(BeFalse) => ValueAssertions.BeTrue(expectation, value, expected: false),
        nameof(BeOfType) => ValueAssertions.BeOfType(expectation, value),
        nameof(BeIn) => EqualityAssertions.BeIn(expectation, value),
        nameof(BeLike) => ValueAssertions.BeLike(expectation, value, caseSensitive: false),
        nameof(BeLikeExactly) => ValueAssertions.BeLike(expectation, value, caseSensitive: true),
        nameof(Match) => ValueAssertions.Match(expectation, value, caseSensitive: false),
        nameof(MatchExactly) => ValueAssertions.Match(expectation, value, caseSensitive: true),
        nameof(BeGreaterThan) => ValueAssertions.BeOrdered(expectation, value, "greater than", c => c > 0),
        nameof(BeLessThan) => ValueAssertions.BeOrdered(expectation, value, "less than", c => c < 0),
        nameof(BeGreaterOrEqual) => ValueAssertions.BeOrdered(expectation, value, "at least", c => c >= 0),
        nameof(BeLessOrEqual) => ValueAssertions.BeOrdered(expectation, value, "at most", c => c <= 0),
        nameof(Exist) => ValueAssertions.Exist(expectation, value, InvokeProvider),
        nameof(HaveParameter) => JudgeParameter(expectation, value),
        _ => JudgeThrow(expectation, value),
    });

    private Verdict JudgeParameter(Expectation expectation, object? value)
    {
        // -Mandatory:$false asks for the opposite; without the switch either will do.
        bool? mandatory = MyInvocation.BoundParameters.ContainsKey(nameof(Mandatory)) ? Mandatory.IsPresent : null;
        return new ParameterAssertion(Type, mandatory, InParameterSet, Alias).Judge(expectation, value);
    }

    private Verdict JudgeThrow(Expectation expectation, object? value)
    {
        string? message = ExpectedValue is null ? null : LanguagePrimitives.ConvertTo<string>(ExpectedValue);
        var assertion = new ThrowAssertion(message, ErrorId, ExceptionType);
        Verdict verdict = assertion.Judge(expectation, value, InvokeCommand);
        if (PassThru && verdict.Holds && !Not)
            WriteObject(assertion.Thrown);
        return verdict;
    }

    private void Check(Verdict verdict)
    {
        if (verdict.Holds)
            return;
        var failure = new AssertionFailure(
            verdict.Expectation, MyInvocation.ScriptName, MyInvocation.ScriptLineNumber, MyInvocation.Line.Trim());
        ThrowTerminatingError(new ErrorRecord(
            new PSInvalidOperationException(verdict.Expectation), FailedErrorId, ErrorCategory.InvalidResult, failure));
    }
}
