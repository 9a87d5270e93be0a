using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan.State;

/// <summary>A NIC and its leases.</summary>
public sealed record NicRecord
{
    // The kernel counts whole seconds, and never ends an address too late.
    private static readonly TimeSpan s_kernelPrecision = TimeSpan.FromSeconds(1);

    /// <summary>16 random hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Its number among the NICs of the host, which grows in the order of creation; zero until it's added.</summary>
    public long Ordinal { get; init; }

    /// <summary>The network's id.</summary>
    public required string NetworkId { get; init; }

    /// <summary>What is on record about its interface, whatever the kernel has by now.</summary>
    public required NicRecordState State { get; init; }

    /// <summary>The namespace's display name: a name under /run/netns, a path, or the name of its container.</summary>
    public required string NamespaceName { get; init; }

    /// <summary>The path of the namespace.</summary>
    public required string NamespacePath { get; init; }

    /// <summary>The namespace's identity, because the path can now lead to another namespace.</summary>
    public required NamespaceIdentity Namespace { get; init; }

    /// <summary>Distinguishes the namespace from a later one with the same identity.</summary>
    public required NamespaceBirth NamespaceBirth { get; init; }

    /// <summary>The namespace, distinguished from all others.</summary>
    public NamespaceKey NamespaceKey => IsHost ? NamespaceKey.Host : new(Namespace, NamespaceBirth);

    /// <summary>The process that was specified as the target; null if none was.</summary>
    public int? ProcessId { get; init; }

    /// <summary>When that process started, in clock ticks since boot, because its id can be reused.</summary>
    public long? ProcessStart { get; init; }

    /// <summary>The container that was specified as the target; null if none was.</summary>
    public Container? Container { get; init; }

    /// <summary>
    /// Whether its container was specified by name, so that it belongs to whichever container has the name: when another one
    /// takes that place, it gets the NIC.
    /// </summary>
    public bool BelongsToName { get; init; }

    /// <summary>Whether labels of its container asked for it. If so, it belongs to the name while the labels do.</summary>
    public bool IsByLabel { get; init; }

    /// <summary>
    /// Whether its namespace was specified by a name, so that the namespace can be recreated. A process id can't: it is
    /// reused by another process.
    /// </summary>
    public bool IsNamed => ProcessId is null && !NamespacePath.StartsWith("/proc/", StringComparison.Ordinal);

    /// <summary>
    /// Whether it's the NIC in the host's namespace through which the host has access to the network.
    /// </summary>
    public bool IsHost { get; init; }

    /// <summary>
    /// True if it takes the default route from the other NICs of its namespace, false if it never has one; null if the
    /// first NIC has it.
    /// </summary>
    public bool? DefaultRoute { get; init; }

    /// <summary>How it makes addresses from router advertisements; null if as its network says.</summary>
    public InterfaceIdentifier? InterfaceIdentifier { get; init; }

    /// <summary>
    /// For a NIC in the host's namespace, the host's own addresses that NICs of the network have routes to.
    /// </summary>
    public IReadOnlyList<AddressValue> HostAddresses { get; init; } = [];

    /// <summary>The interface's name in the namespace; empty until the interface is created.</summary>
    public string InterfaceName { get; init; } = "";

    /// <summary>The interface's index in the namespace; zero until the interface is created.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>
    /// The index of the parent in the host's namespace when the interface was created; zero until then.
    /// </summary>
    public int ParentIndex { get; init; }

    /// <summary>The MAC address; <see cref="PhysicalAddress.None"/> until the interface is created.</summary>
    public PhysicalAddress MacAddress { get; init; } = PhysicalAddress.None;

    /// <summary>The MTU in bytes; zero until the interface is created.</summary>
    public int Mtu { get; init; }

    /// <summary>The MTU that was chosen for it, in bytes; null if it has its network's.</summary>
    public int? OwnMtu { get; init; }

    /// <summary>Its addresses: the one of its DHCP lease, and the others in the order they were requested.</summary>
    public IReadOnlyList<LeaseRecord> Leases { get; init; } = [];

    /// <summary>Addresses that its segment has given to others, so that it needs other ones. Its link can still have them.</summary>
    public IReadOnlyList<LeaseRecord> LostLeases { get; init; } = [];

    /// <summary>Whether its link is kept down.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>What its link, and the other links of its namespace, can still have of settings that a change has replaced.</summary>
    public ObsoleteSettings Obsolete { get; init; } = ObsoleteSettings.None;

    /// <summary>Whether a link was made for it, which may be changing.</summary>
    public bool IsMade => State is NicRecordState.Attached or NicRecordState.Changing;

    /// <summary>Whether no command is working on it.</summary>
    public bool IsSettled => State is NicRecordState.Attached or NicRecordState.Detached;

    /// <summary>Its part in DHCP; null if it has none.</summary>
    public DhcpRecord? Dhcp { get; init; }

    /// <summary>The NIC as it is when a command gives it up that had taken it.</summary>
    public NicRecord GivenUp() => this with { State = InterfaceIndex == 0 ? NicRecordState.Detached : NicRecordState.Attached };

    /// <summary>The NIC for a removal of its link after which it still has its DHCP lease.</summary>
    public NicRecord KeepingLease() => this with { Dhcp = null };

    /// <summary>
    /// The NIC as its link is: without a lease that isn't confirmed after a reboot, or that has ended. At its end, the kernel
    /// removes the address and the routes through it.
    /// </summary>
    public NicRecord OnLink() =>
        Dhcp?.Binding?.IsHeld(BootClock.Now + s_kernelPrecision) == false ? With(null) : this;

    /// <summary>The NIC with another lease, or with none, among its addresses.</summary>
    /// <exception cref="InvalidOperationException">It has no part in DHCP.</exception>
    public NicRecord With(DhcpBinding? binding)
    {
        DhcpRecord dhcp = (Dhcp ?? throw new InvalidOperationException("The NIC has no part in DHCP.")) with { Binding = binding };
        IEnumerable<LeaseRecord> others = Leases.Where(static l => l.Source is not (LeaseSource.Dhcp or LeaseSource.DhcpFallback));
        return this with
        {
            Dhcp = dhcp,
            Leases = binding is null ? [.. others] : [new(binding.Lease.Address, LeaseSource.Dhcp), .. others],
        };
    }
}

/// <summary>An address that is allocated to a NIC.</summary>
/// <param name="Address">The address with the prefix length of its subnet.</param>
/// <param name="Source">How the address was chosen.</param>
public sealed record LeaseRecord(InterfaceAddress Address, LeaseSource Source)
{
    /// <summary>
    /// The number under which its segment granted it; zero if the segment hasn't confirmed it yet. Null for an address of this
    /// host's own book.
    /// </summary>
    public long? Epoch { get; init; }

    /// <summary>Its number among the NIC's addresses.</summary>
    public int Ordinal { get; init; }
}

/// <summary>How an address was chosen.</summary>
public enum LeaseSource
{
    /// <summary>It was the lowest free address of the pool.</summary>
    Pool,

    /// <summary>It was requested.</summary>
    Static,

    /// <summary>A DHCP server leased it.</summary>
    Dhcp,

    /// <summary>It was the lowest free address of the network's fallback, because no DHCP server answered.</summary>
    DhcpFallback,
}

/// <summary>The state of a NIC on record.</summary>
public enum NicRecordState
{
    /// <summary>Its addresses are allocated. Its interface may not exist yet, or may lack settings.</summary>
    Reserved,

    /// <summary>Its interface was created, with all addresses and routes.</summary>
    Attached,

    /// <summary>It's being removed. Its interface may still exist.</summary>
    Detaching,

    /// <summary>
    /// It keeps its addresses but has no interface: a restore found no namespace or parent, or failed.
    /// </summary>
    Detached,

    /// <summary>Its interface is being recreated.</summary>
    Restoring,

    /// <summary>Its settings on record are those that it is to have. Its interface may not have all of them yet.</summary>
    Changing,
}
