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

    /// <summary>A number that is another one after someone else has changed anything.</summary>
    long GetVersion();

    /// <summary>All networks, by name; or the one of a name, whatever its case.</summary>
    IReadOnlyList<NetworkRecord> GetNetworks(string? name = null);

    /// <summary>How much of each network is in use, or of one, by the network's id.</summary>
    IReadOnlyDictionary<string, NetworkUsage> GetUsage(string? networkId = null);

    /// <summary>Adds a network.</summary>
    /// <exception cref="NetworkException">NetworkExists.</exception>
    void AddNetwork(NetworkRecord network);

    /// <summary>Puts a network in the place of another one, which may have its name.</summary>
    /// <exception cref="NetworkException">NetworkExists; or NetworkInUse: the other one has NICs.</exception>
    void ReplaceNetwork(string id, NetworkRecord network);

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

    /// <summary>The NIC that is the host's access to a network; null if it has none.</summary>
    NicRecord? GetHostNic(string networkId);

    /// <summary>
    /// Whether a command that died may have left something behind: a NIC that it was at work on, or a parent that no
    /// network uses.
    /// </summary>
    bool NeedsRecovery();

    /// <summary>The NICs that commands were at work on when they died.</summary>
    IReadOnlyList<NicRecord> GetAbandonedNics();

    /// <summary>Takes over the NICs that commands were at work on when they died, so that nobody else does.</summary>
    IReadOnlyList<NicRecord> TakeAbandonedNics();

    /// <summary>Adds a NIC and takes its addresses, all or none.</summary>
    /// <param name="nic">The NIC, without leases.</param>
    /// <param name="network">Its network.</param>
    /// <param name="demands">The addresses it asks for.</param>
    /// <returns>The NIC with its leases, in the order of the demands.</returns>
    /// <exception cref="NetworkException">AddressInUse, InvalidAddress, AddressesExhausted, NetworkNotFound or HostAccessExists.</exception>
    NicRecord ReserveNic(NicRecord nic, NetworkRecord network, IReadOnlyList<AddressDemand> demands);

    /// <summary>Does the same for several NICs, in one transaction; one that cannot be had takes nothing from the others.</summary>
    /// <returns>For each, in their order, what has become of it.</returns>
    IReadOnlyList<NicGrant> ReserveNics(IReadOnlyList<NicDemand> demands);

    /// <summary>Takes a NIC into this command's hands: as <see cref="NicState.Detaching"/>, or as
    /// <see cref="NicState.Restoring"/>, for which it must not be in another's.</summary>
    /// <returns>The NIC as it is now; null when it has been released, or is in other hands.</returns>
    NicRecord? TakeNic(string id, NicState state);

    /// <summary>Records all of a NIC but its network, its leases, and of its container only the name.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="from">
    /// The state that it must be in, and not in the hands of another command; null for whatever it is in.
    /// </param>
    /// <returns>False when it is in another state, or has been released.</returns>
    bool UpdateNic(NicRecord nic, NicState? from = null);

    /// <summary>Does the same for several NICs, in one transaction.</summary>
    /// <returns>For each, whether it was recorded.</returns>
    IReadOnlyList<bool> UpdateNics(IReadOnlyList<NicRecord> nics, NicState? from = null);

    /// <summary>Forgets a NIC and frees its addresses; one that is not there counts as released.</summary>
    /// <param name="id">The NIC's id.</param>
    /// <param name="foreign">
    /// Which of its addresses someone else was found to have: those are not handed out until then, unless asked for.
    /// </param>
    void ReleaseNic(string id, IReadOnlyList<ForeignAddress>? foreign = null);
}
