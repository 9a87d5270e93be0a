using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A NIC can't have an address because someone else uses it.</summary>
/// <param name="message">The addresses and their holders.</param>
/// <param name="action">What to do next.</param>
/// <param name="conflicts">The addresses and their holders.</param>
internal sealed class AddressConflictException(string message, string action, IReadOnlyList<ForeignAddress> conflicts)
    : NetworkException(NetworkError.AddressConflict, message, action)
{
    /// <summary>The addresses and their holders.</summary>
    public IReadOnlyList<ForeignAddress> Conflicts { get; } = conflicts;
}
