using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>One address that a NIC requests: a specific address, or the lowest free address of a family.</summary>
/// <param name="Family">The family.</param>
/// <param name="Static">The requested address; null for the lowest free address.</param>
public sealed record AddressDemand(AddressFamily Family, AddressValue? Static)
{
    /// <summary>Addresses that can't be the lowest free one, because the host itself has them; null for none.</summary>
    public IReadOnlyCollection<AddressValue>? OfHost { get; init; }
}
