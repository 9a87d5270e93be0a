namespace MacIpvlan.Formats;

/// <summary>A definition can't be read.</summary>
/// <param name="reason">The place and what is wrong there, without a full stop.</param>
/// <param name="action">What to do next.</param>
internal sealed class DefinitionException(string reason, string? action = null) : NetworkException(
    NetworkError.InvalidDefinition, $"The definition can't be read: {reason}.", action ?? "Correct the definition, and import it again.")
{
    /// <summary>The place and what is wrong there.</summary>
    public string Reason => reason;
}
