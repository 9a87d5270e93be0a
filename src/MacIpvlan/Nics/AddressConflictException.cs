using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>An address cannot be a NIC's, since someone else has it.</summary>
/// <param name="message">Who has which address.</param>
/// <param name="action">What to do next.</param>
/// <param name="conflicts">The addresses, with who has each.</param>
internal sealed class AddressConflictException(string message, string action, IReadOnlyList<ForeignAddress> conflicts)
    : NetworkException(NetworkError.AddressConflict, message, action)
{
    /// <summary>The addresses, with who has each.</summary>
    public IReadOnlyList<ForeignAddress> Conflicts { get; } = conflicts;
}
