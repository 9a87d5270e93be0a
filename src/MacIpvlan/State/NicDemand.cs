namespace MacIpvlan.State;

/// <summary>A request to add a NIC.</summary>
/// <param name="Nic">The NIC, without leases.</param>
/// <param name="Network">Its network.</param>
/// <param name="Addresses">The requested addresses.</param>
public sealed record NicDemand(NicRecord Nic, NetworkRecord Network, IReadOnlyList<AddressDemand> Addresses);

/// <summary>The result of a <see cref="NicDemand"/>.</summary>
/// <param name="Nic">The NIC with its leases, in the order of its demands; null if it was refused.</param>
/// <param name="Refusal">Why it was refused; null if it wasn't.</param>
public sealed record NicGrant(NicRecord? Nic, NetworkException? Refusal)
{
    /// <summary>Whether no other NIC of its namespace is on record, in any state; false if that wasn't looked up.</summary>
    public bool IsAlone { get; init; }
}
