namespace MacIpvlan.State;

/// <summary>A NIC that is to be had.</summary>
/// <param name="Nic">The NIC, without leases.</param>
/// <param name="Network">Its network.</param>
/// <param name="Addresses">The addresses it asks for.</param>
public sealed record NicDemand(NicRecord Nic, NetworkRecord Network, IReadOnlyList<AddressDemand> Addresses);

/// <summary>What has become of a demand for a NIC.</summary>
/// <param name="Nic">The NIC with its leases, in the order of its demands; null if it cannot be had.</param>
/// <param name="Refusal">Why it cannot.</param>
public readonly record struct NicGrant(NicRecord? Nic, NetworkException? Refusal);
