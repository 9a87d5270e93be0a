namespace MacIpvlan.State;

/// <summary>
/// What is known of this host's networks, the links made for them, their NICs and addresses. Each call is a transaction
/// of its own; many processes use the store at once.
/// </summary>
public interface IStateStore : IDisposable
{
    /// <summary>
    /// Keeps other processes from making and removing networks and parents until disposed, so that what the kernel has
    /// and what is recorded change together. Ends with the process, however it ends.
    /// </summary>
    IDisposable LockTopology();

    /// <summary>All networks, by name.</summary>
    IReadOnlyList<NetworkRecord> GetNetworks();

    /// <summary>How much of each network is in use, by the network's id.</summary>
    IReadOnlyDictionary<string, NetworkUsage> GetUsage();

    /// <summary>Adds a network.</summary>
    /// <exception cref="NetworkException">NetworkExists.</exception>
    void AddNetwork(NetworkRecord network);

    /// <summary>Removes a network; one that is not there counts as removed.</summary>
    /// <exception cref="NetworkException">NetworkInUse: it has NICs.</exception>
    void RemoveNetwork(string id);

    /// <summary>All links made to be parents, by name.</summary>
    IReadOnlyList<ParentLinkRecord> GetParentLinks();

    /// <summary>Adds a link made to be a parent, or replaces what is recorded of it.</summary>
    void SetParentLink(ParentLinkRecord link);

    /// <summary>Forgets a link made to be a parent.</summary>
    void RemoveParentLink(string name);

    /// <summary>All NICs, or those of one network, in the order they were made.</summary>
    IReadOnlyList<NicRecord> GetNics(string? networkId = null);

    /// <summary>
    /// Whether a NIC that was made later has the same namespace and interface index: then the earlier one's namespace is
    /// gone, and its number has been given to another.
    /// </summary>
    bool IsSuperseded(NicRecord nic);

    /// <summary>Adds a NIC and takes its addresses, all or none.</summary>
    /// <param name="nic">The NIC, without leases.</param>
    /// <param name="network">Its network.</param>
    /// <param name="demands">The addresses it asks for.</param>
    /// <returns>The NIC with its leases, in the order of the demands.</returns>
    /// <exception cref="NetworkException">AddressInUse, InvalidAddress, AddressesExhausted or NetworkNotFound.</exception>
    NicRecord ReserveNic(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands);

    /// <summary>Records state, interface, MAC address and MTU of a NIC.</summary>
    void UpdateNic(NicRecord nic);

    /// <summary>Forgets a NIC and frees its addresses; one that is not there counts as released.</summary>
    void ReleaseNic(string id);
}
