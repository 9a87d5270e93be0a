using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;

namespace MacIpvlan.State;

/// <summary>
/// A database from which hosts allocate the addresses of segments. Each call is a separate transaction, and can be repeated if
/// its answer was lost. One thread at a time uses it.
/// </summary>
/// <exception cref="NetworkException">
/// Each method can throw AddressDatabaseUnavailable: no server answers in time; or AddressDatabaseUnsuitable: it refuses this
/// host, or has another version of the schema.
/// </exception>
public interface IAddressDatabase : IDisposable
{
    /// <summary>Whether a call that gets no answer fails at once, instead of trying again until the time is over.</summary>
    bool AsksOnce { get; set; }

    /// <summary>Closes the connection. The next call opens another one, with what the files say by then.</summary>
    void Disconnect();

    /// <summary>Tells the database that this host is there.</summary>
    /// <param name="isHeartbeat">Whether the host goes on to do so, so that a silent host can be taken for gone.</param>
    DatabaseContact Attend(bool isHeartbeat);

    /// <summary>How a segment is defined; null if it doesn't exist.</summary>
    SegmentDefinition? FindSegment(string name);

    /// <summary>Puts a network on a segment, and defines the segment if it doesn't exist.</summary>
    /// <exception cref="NetworkException">SegmentDiffers: it is defined differently, or overlaps another one.</exception>
    void Join(NetworkRecord network, SegmentDefinition definition);

    /// <summary>Takes a network off its segment. The last one removes the segment.</summary>
    void Leave(string networkId);

    /// <summary>Allocates addresses to NICs, in one round trip.</summary>
    /// <param name="segment">The segment's name.</param>
    /// <param name="ofHost">Addresses that aren't allocated automatically, because the host itself has them.</param>
    /// <param name="claims">What NICs request. A NIC that has what it requests keeps it.</param>
    /// <returns>The result for each claim, in order.</returns>
    IReadOnlyList<SegmentGrant> Allocate(string segment, IReadOnlyCollection<AddressValue> ofHost, IReadOnlyList<SegmentClaim> claims);

    /// <summary>Frees addresses, unless they have been granted anew since.</summary>
    void Release(IReadOnlyList<AddressRelease> releases);

    /// <summary>What the database has on record for this host.</summary>
    HeldAddresses GetHeld();

    /// <summary>Who has which address of a segment, on all hosts, by number.</summary>
    IReadOnlyList<AddressHolder> GetHolders(string segment);

    /// <summary>Takes the addresses of a host away, because it is gone.</summary>
    /// <param name="host">The host's name, or its id.</param>
    /// <param name="segment">The segment; null for all.</param>
    /// <returns>How many addresses are free.</returns>
    /// <exception cref="NetworkException">HostNotFound.</exception>
    int Reclaim(string host, string? segment);

    /// <summary>The SQL that brings the schema up to date, for its owner to run; empty if it's up to date.</summary>
    string FindMissingSchema();

    /// <summary>Runs <see cref="FindMissingSchema"/>, all or nothing, while hosts work.</summary>
    void Initialize();
}

/// <summary>What a database says when a host attends.</summary>
/// <param name="Epoch">Grows when addresses of the host are reclaimed.</param>
/// <param name="Server">Identifies the server: another one can lack what this one has confirmed.</param>
public sealed record DatabaseContact(long Epoch, string Server)
{
    /// <summary>The host and port of the server, or its socket.</summary>
    public required string Address { get; init; }

    /// <summary>The version of the server.</summary>
    public required string Version { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public required bool IsEncrypted { get; init; }

    /// <summary>The role that this host has logged in with.</summary>
    public required string Role { get; init; }
}

/// <summary>What a NIC requests from a segment.</summary>
/// <param name="NetworkId">The id of its network.</param>
/// <param name="NicId">The NIC's id.</param>
/// <param name="Holder">Its container or namespace, for others to read.</param>
/// <param name="Demands">The addresses.</param>
public sealed record SegmentClaim(string NetworkId, string NicId, string Holder, IReadOnlyList<SegmentDemand> Demands);

/// <summary>One address that a NIC requests from a segment.</summary>
/// <param name="Ordinal">Its number among the NIC's addresses.</param>
/// <param name="Family">The family.</param>
/// <param name="Static">The requested address; null for the lowest free one.</param>
/// <param name="IsFallback">Whether it is one for NICs that no DHCP server answers.</param>
public sealed record SegmentDemand(int Ordinal, AddressFamily Family, AddressValue? Static, bool IsFallback = false);

/// <summary>The result of a <see cref="SegmentClaim"/>.</summary>
/// <param name="Addresses">The granted addresses; none if it was refused.</param>
/// <param name="Refusal">Why it was refused; null if it wasn't.</param>
public sealed record SegmentGrant(IReadOnlyList<GrantedAddress> Addresses, SegmentRefusal? Refusal);

/// <summary>Why a claim was refused.</summary>
/// <param name="Error">AddressInUse, InvalidAddress, AddressesExhausted or NetworkNotFound.</param>
/// <param name="Address">The address that it is about; null if it isn't about one.</param>
/// <param name="Holder">Who has that address; empty if that isn't the reason.</param>
public sealed record SegmentRefusal(NetworkError Error, AddressValue? Address, string Holder);

/// <summary>An address that was granted to a NIC.</summary>
/// <param name="Ordinal">Its number among the NIC's addresses.</param>
/// <param name="Address">The address, with the prefix length of its subnet.</param>
/// <param name="Epoch">The number of the grant.</param>
public sealed record GrantedAddress(int Ordinal, InterfaceAddress Address, long Epoch);

/// <summary>What a database must be told.</summary>
public abstract record DatabaseNotice
{
    /// <summary>Its number in the queue of this host.</summary>
    public long Ordinal { get; init; }
}

/// <summary>An address to free, or all addresses of a NIC.</summary>
/// <param name="NicId">The NIC's id.</param>
/// <param name="Epoch">The number of the grant. What has been granted later is kept.</param>
/// <param name="Address">The address; null for all.</param>
/// <param name="Foreign">The other station that has it; null if it is free.</param>
public sealed record AddressRelease(string NicId, long Epoch, AddressValue? Address, ForeignAddress? Foreign) : DatabaseNotice;

/// <summary>A network that was removed, and so isn't on its segment any longer.</summary>
/// <param name="NetworkId">The network's id.</param>
public sealed record NetworkLeave(string NetworkId) : DatabaseNotice;

/// <summary>What a database has on record for a host.</summary>
/// <param name="Networks">The ids of its networks that are on segments.</param>
/// <param name="Addresses">The addresses of its NICs.</param>
public sealed record HeldAddresses(IReadOnlySet<string> Networks, IReadOnlyList<HeldAddress> Addresses);

/// <summary>An address of a NIC of this host.</summary>
/// <param name="NetworkId">The id of its network.</param>
/// <param name="NicId">The NIC's id.</param>
/// <param name="Address">The address.</param>
/// <param name="Epoch">The number of the grant.</param>
public sealed record HeldAddress(string NetworkId, string NicId, AddressValue Address, long Epoch);

/// <summary>Who has an address of a segment.</summary>
/// <param name="Address">The address.</param>
/// <param name="Kind">Nic, Foreign or Reserved.</param>
/// <param name="Holder">The container or namespace, or what an administrator says; can be empty.</param>
public sealed record AddressHolder(AddressValue Address, HolderKind Kind, string Holder)
{
    /// <summary>The name of its host; null if it's of none.</summary>
    public string? Host { get; init; }

    /// <summary>The host's id; null if it's of none.</summary>
    public Guid? HostId { get; init; }

    /// <summary>The name of its network on that host; null if it's of none.</summary>
    public string? Network { get; init; }

    /// <summary>The NIC's id; null if it's of none.</summary>
    public string? NicId { get; init; }

    /// <summary>The MAC address of another station; null if it isn't known.</summary>
    public PhysicalAddress? MacAddress { get; init; }

    /// <summary>The holder in words.</summary>
    public override string ToString() => Kind switch
    {
        HolderKind.Nic => $"{Holder} on host {Host}",
        HolderKind.Foreign => $"the station {(MacAddress is null ? "" : Link.Format(MacAddress))}",
        _ => Holder.Length == 0 ? "a reservation" : $"a reservation for {Holder}",
    };
}

/// <summary>The kinds of holders.</summary>
public enum HolderKind
{
    /// <summary>A NIC of a host.</summary>
    Nic,

    /// <summary>Another station on the wire.</summary>
    Foreign,

    /// <summary>An administrator has reserved it.</summary>
    Reserved,
}
