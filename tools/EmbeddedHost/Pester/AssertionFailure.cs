namespace EmbeddedHost.Pester;

/// <summary>The target object of the error that a failed Should throws. Member names are Pester's.</summary>
public sealed record AssertionFailure(string Message, string? File, int Line, string LineText);
