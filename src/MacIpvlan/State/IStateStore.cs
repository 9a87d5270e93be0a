using MacIpvlan.Addressing;
using MacIpvlan.Linux;

namespace MacIpvlan.State;

/// <summary>
/// Records this host's networks, the links created for them, and their NICs and addresses. Each call is a separate
/// transaction. Many processes can use the store at the same time.
/// </summary>
public interface IStateStore : IAddressBook, IDisposable
{
    /// <summary>
    /// Prevents other processes from creating and removing networks and parents until disposed, so that the kernel's
    /// links and the records change together. The lock ends with the process, even if the process is killed.
    /// </summary>
    IDisposable LockTopology();

    /// <summary>A number that changes when another connection changes the state.</summary>
    long GetVersion();

    /// <summary>All networks, sorted by name; or the network with a name, regardless of case.</summary>
    IReadOnlyList<NetworkRecord> GetNetworks(string? name = null);

    /// <summary>The usage of each network, or of one network, by network id.</summary>
    IReadOnlyDictionary<string, NetworkUsage> GetUsage(string? networkId = null);

    /// <summary>Adds a network.</summary>
    /// <exception cref="NetworkException">NetworkExists.</exception>
    void AddNetwork(NetworkRecord network);

    /// <summary>Replaces a network with another one, which can have the same name.</summary>
    /// <exception cref="NetworkException">NetworkExists; or NetworkInUse: the replaced network has NICs.</exception>
    void ReplaceNetwork(string id, NetworkRecord network);

    /// <summary>
    /// Writes changed networks and their NICs in one transaction, all or none. Addresses stay with their NICs if the networks still have
    /// subnets for them.
    /// </summary>
    /// <returns>The NICs as recorded, in the order of the change; null if the networks have other NICs by now, so that nothing was written.</returns>
    /// <exception cref="NetworkException">
    /// NetworkExists or NetworkNotFound; AddressInUse: a NIC has a gateway's address; or as <see cref="ChangeNics"/>.
    /// </exception>
    IReadOnlyList<NicRecord>? ChangeNetworks(NetworksChange change);

    /// <summary>Gives a network another name. Everything else refers to it by its id.</summary>
    /// <exception cref="NetworkException">NetworkExists; or NetworkNotFound: it was removed meanwhile.</exception>
    void RenameNetwork(string id, string name);

    /// <summary>Removes a network. Does nothing if the network doesn't exist.</summary>
    /// <exception cref="NetworkException">NetworkInUse: it has NICs.</exception>
    void RemoveNetwork(string id);

    /// <summary>All links created as parents, sorted by name.</summary>
    IReadOnlyList<ParentLinkRecord> GetParentLinks();

    /// <summary>Adds or replaces the record of a link created as a parent.</summary>
    void SetParentLink(ParentLinkRecord link);

    /// <summary>Deletes the record of a link created as a parent.</summary>
    void RemoveParentLink(string name);

    /// <summary>
    /// Records another name of a parent: for the networks and sub-interfaces on it, for their addresses, and for itself if
    /// this module created it.
    /// </summary>
    /// <exception cref="NetworkException">ParentInUse: there are already networks with these subnets under that name.</exception>
    void RenameParent(string name, string newName);

    /// <summary>All NICs, or the NICs of one network, in the order they were added.</summary>
    IReadOnlyList<NicRecord> GetNics(string? networkId = null);

    /// <summary>The NICs in a namespace, in the order they were added.</summary>
    IReadOnlyList<NicRecord> GetNics(NamespaceIdentity identity);

    /// <summary>The NICs that belong to a container's name, and that a container of this name had last.</summary>
    IReadOnlyList<NicRecord> GetNicsOfName(string container);

    /// <summary>The NICs that have a part in DHCP, in the order they were added.</summary>
    IReadOnlyList<NicRecord> GetDhcpNics();

    /// <summary>The indexes of the parents, other than this one, that NICs of a network were created on.</summary>
    IReadOnlyList<int> GetOtherParents(string networkId, int parentIndex);

    /// <summary>The NIC through which the host has access to a network; null if the host has no access.</summary>
    NicRecord? GetHostNic(string networkId);

    /// <summary>The names of the networks on a parent whose gateway has this address.</summary>
    IReadOnlyList<string> GetRoutedNetworks(string parent, AddressValue gateway);

    /// <summary>Describes the NIC on a parent that has this address; null if none has it.</summary>
    string? DescribeHolder(string parent, AddressValue address);

    /// <summary>
    /// Whether a killed command could have left something behind: a NIC that it was changing, or a parent that no
    /// network uses.
    /// </summary>
    bool NeedsRecovery();

    /// <summary>The NICs that commands were changing when they were killed.</summary>
    IReadOnlyList<NicRecord> GetAbandonedNics();

    /// <summary>
    /// Claims the NICs that commands were changing when they were killed, so that no other command claims them.
    /// </summary>
    IReadOnlyList<NicRecord> TakeAbandonedNics();

    /// <summary>
    /// Claims a NIC for this command: as <see cref="NicRecordState.Detaching"/>, even if another command has claimed it, or
    /// as <see cref="NicRecordState.Restoring"/>, only if no command has.
    /// </summary>
    /// <returns>The NIC as it is now; null if it has been released or couldn't be claimed.</returns>
    NicRecord? TakeNic(string id, NicRecordState state);

    /// <summary>Claims those of several NICs that no command has claimed, as <see cref="NicRecordState.Changing"/>.</summary>
    /// <returns>The claimed NICs as they are now, in the order they were added.</returns>
    IReadOnlyList<NicRecord> TakeNics(IReadOnlyList<string> ids);

    /// <summary>
    /// Writes changes of NICs that this command has claimed as <see cref="NicRecordState.Changing"/>, in one transaction, all or
    /// none. An address that a NIC no longer has is obsolete, but nobody else gets it until <see cref="CompleteNics"/>.
    /// </summary>
    /// <param name="changes">
    /// Each NIC as it is to be, with the leases that it keeps, those that a segment has granted, and its obsolete routes; and the
    /// addresses that it requests besides.
    /// </param>
    /// <returns>The NICs as recorded, in the order of the changes.</returns>
    /// <exception cref="NetworkException">
    /// NicNotFound: one was released or claimed by another command; AddressInUse, InvalidAddress or AddressesExhausted.
    /// </exception>
    IReadOnlyList<NicRecord> ChangeNics(IReadOnlyList<NicDemand> changes);

    /// <summary>
    /// Updates NICs that this command has claimed as <see cref="NicRecordState.Changing"/>, and frees their obsolete addresses, in
    /// one transaction.
    /// </summary>
    /// <param name="nics">The NICs, with the state that they have from now on.</param>
    /// <param name="foreign">As for <see cref="ReleaseNic"/>.</param>
    /// <returns>The ids of those that were updated.</returns>
    IReadOnlySet<string> CompleteNics(IReadOnlyList<NicRecord> nics, IReadOnlyList<ForeignAddress>? foreign = null);

    /// <summary>Updates a NIC except its network and leases, and what only a change alters.</summary>
    /// <param name="nic">The NIC.</param>
    /// <param name="from">
    /// The state that it must be in, unclaimed by another command; null to update it in any case.
    /// </param>
    /// <returns>False if it's in another state, is claimed by another command, or has been released.</returns>
    bool UpdateNic(NicRecord nic, NicRecordState? from = null);

    /// <summary>Does the same for several NICs in one transaction.</summary>
    /// <returns>The ids of those that were updated.</returns>
    IReadOnlySet<string> UpdateNics(IReadOnlyList<NicRecord> nics, NicRecordState? from = null);

    /// <summary>
    /// Records a NIC's part in DHCP: <see cref="UpdateNic"/> leaves it unchanged, because leases are renewed while other
    /// commands work on the NIC. With a lease, the address of a fallback is freed.
    /// </summary>
    /// <param name="nicId">The NIC's id.</param>
    /// <param name="dhcp">Its part in DHCP.</param>
    /// <param name="keepsFallback">Whether the address of a fallback isn't freed yet, because the NIC's link still has it.</param>
    /// <returns>False if the NIC has been released.</returns>
    bool SetLease(string nicId, DhcpRecord dhcp, bool keepsFallback = false);

    /// <summary>Frees the address of a fallback that a NIC has.</summary>
    /// <param name="nicId">The NIC's id.</param>
    /// <param name="foreign">The address, if another station on the wire has it.</param>
    void FreeFallback(string nicId, IReadOnlyList<ForeignAddress> foreign);

    /// <summary>Deletes a NIC and frees its addresses. Does nothing if the NIC doesn't exist.</summary>
    /// <param name="id">The NIC's id.</param>
    /// <param name="foreign">
    /// Those of its addresses that another station on the wire has. Until they expire, they're allocated only if
    /// requested.
    /// </param>
    void ReleaseNic(string id, IReadOnlyList<ForeignAddress>? foreign = null);

    /// <summary>All address databases, sorted by name; or the one with a name, regardless of case.</summary>
    IReadOnlyList<AddressDatabaseRecord> GetAddressDatabases(string? name = null);

    /// <summary>Adds an address database.</summary>
    /// <exception cref="NetworkException">AddressDatabaseExists.</exception>
    void AddAddressDatabase(AddressDatabaseRecord database);

    /// <summary>Removes an address database with the notices for it.</summary>
    /// <exception cref="NetworkException">AddressDatabaseInUse: networks use it.</exception>
    void RemoveAddressDatabase(string name);

    /// <summary>
    /// Records the addresses that a segment granted to NICs, instead of those that the NICs had from it. The segment decides: a NIC
    /// of this host that is on record with one of them has lost it.
    /// </summary>
    /// <param name="nics">The NICs with all their leases.</param>
    /// <returns>The ids of those that were recorded; others have been released.</returns>
    IReadOnlySet<string> SetSegmentLeases(IReadOnlyList<NicRecord> nics);

    /// <summary>Records how the segment of a network is defined now.</summary>
    void SetSegment(string networkId, SegmentDefinition definition);

    /// <summary>Records that a NIC has lost an address, which its segment has given to another one.</summary>
    void LoseLease(string nicId, AddressValue address);

    /// <summary>Frees an address that a NIC lost, because it has another one.</summary>
    void ForgetLostLeases(string nicId);

    /// <summary>What an address database hasn't been told yet, in the order it happened: what NICs no longer need, networks that were removed.</summary>
    IReadOnlyList<DatabaseNotice> GetNotices(string database);

    /// <summary>Removes notices that the database has been told.</summary>
    void RemoveNotices(IReadOnlyList<DatabaseNotice> notices);
}
