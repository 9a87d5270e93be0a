namespace EmbeddedHost.Pester;

/// <summary>What an assertion found. The text says what was expected, in case it does not hold.</summary>
internal readonly record struct Verdict(bool Holds, string Expectation);
