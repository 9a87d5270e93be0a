using MacIpvlan.Addressing;

namespace MacIpvlan.State;

/// <summary>
/// Allocates the addresses of NICs: this host's own book for networks of this host alone, or that of a segment, which hosts
/// share. Either way, a NIC is on record before it has an address, and has its addresses before the kernel is touched.
/// </summary>
public interface IAddressBook
{
    /// <summary>Adds a NIC and allocates its addresses, all or none.</summary>
    /// <param name="nic">The NIC, without leases.</param>
    /// <param name="network">Its network.</param>
    /// <param name="demands">The requested addresses.</param>
    /// <returns>The NIC with its leases, in the order of the demands.</returns>
    /// <exception cref="NetworkException">
    /// AddressInUse, InvalidAddress, AddressesExhausted, NetworkNotFound or HostAccessExists; for a segment, also
    /// AddressDatabaseUnavailable.
    /// </exception>
    NicRecord ReserveNic(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands);

    /// <summary>Does the same for several NICs in one transaction. A refused NIC doesn't affect the others.</summary>
    /// <returns>The result for each NIC, in the order of the demands.</returns>
    IReadOnlyList<NicGrant> ReserveNics(IReadOnlyList<NicDemand> demands);

    /// <summary>Allocates the lowest free address of the network's <see cref="DhcpDefinition.Fallback"/> to a NIC.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="network">Its network, which has a fallback.</param>
    /// <param name="ofHost">Addresses that the host itself has.</param>
    /// <param name="foreign">The address that it took before, if another station was found to have it.</param>
    /// <exception cref="NetworkException">AddressesExhausted; for a segment, also AddressDatabaseUnavailable.</exception>
    LeaseRecord TakeFallback(
        NicRecord nic, NetworkRecord network, IReadOnlyCollection<AddressValue> ofHost, IReadOnlyList<ForeignAddress> foreign);
}
