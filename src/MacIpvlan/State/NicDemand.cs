namespace MacIpvlan.State;

/// <summary>A request to add a NIC, or to change one.</summary>
/// <param name="Nic">The NIC: a new one without leases, or one with those that it keeps.</param>
/// <param name="Network">Its network.</param>
/// <param name="Addresses">The requested addresses.</param>
public sealed record NicDemand(NicRecord Nic, NetworkRecord Network, IReadOnlyList<AddressDemand> Addresses)
{
    /// <summary>
    /// In a change, whether its DHCP lease is replaced by that of <see cref="Nic"/>. Otherwise the lease on record stays, which can
    /// have been renewed since it was read.
    /// </summary>
    public bool ReplacesLease { get; init; }
}

/// <summary>The result of a <see cref="NicDemand"/>.</summary>
/// <param name="Nic">The NIC with its leases, in the order of its demands; null if it was refused.</param>
/// <param name="Refusal">Why it was refused; null if it wasn't.</param>
public sealed record NicGrant(NicRecord? Nic, NetworkException? Refusal)
{
    /// <summary>Whether no other NIC of its namespace is on record, in any state; false if that wasn't looked up.</summary>
    public bool IsAlone { get; init; }
}
