using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>One address that a NIC asks for: a certain one, or the lowest free one of a family.</summary>
/// <param name="Family">The family.</param>
/// <param name="Static">The address asked for; null for the lowest free one.</param>
public readonly record struct AddressDemand(AddressFamily Family, AddressValue? Static);
