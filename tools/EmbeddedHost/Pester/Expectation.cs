namespace EmbeddedHost.Pester;

/// <summary>What a Should command says besides its operator.</summary>
internal sealed record Expectation(object? Expected, bool IsNegated, string? Because)
{
    /// <summary>The reason as a part of a sentence, after which comes what was found.</summary>
    public string Reason
    {
        get
        {
            string text = (Because ?? "").Trim();
            if (text.StartsWith("because ", StringComparison.OrdinalIgnoreCase))
                text = text["because ".Length..];
            return text.Length == 0 ? "," : $", because {text},";
        }
    }

    public string ExpectedText => ValueText.Of(Expected);

    /// <summary>Holds if the fact is as wanted; the texts say what is wanted and what was found instead.</summary>
    public Verdict Judge(bool fact, string wanted, string notWanted) =>
        new(fact != IsNegated, IsNegated ? notWanted : wanted);
}
