using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan.State;

/// <summary>A NIC and the addresses it holds.</summary>
public sealed record NicRecord
{
    /// <summary>16 random hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The network's id.</summary>
    public required string NetworkId { get; init; }

    /// <summary>How far it has come.</summary>
    public required NicState State { get; init; }

    /// <summary>What the namespace is called: a name under /run/netns, a path, or the name of its container.</summary>
    public required string NamespaceName { get; init; }

    /// <summary>The path that leads to the namespace.</summary>
    public required string NamespacePath { get; init; }

    /// <summary>Which namespace it was: the path may lead to another one by now.</summary>
    public required NamespaceIdentity Namespace { get; init; }

    /// <summary>What tells that namespace apart from a later one of the same identity.</summary>
    public required NamespaceBirth NamespaceBirth { get; init; }

    /// <summary>The process that was named as the target, if one was.</summary>
    public int? ProcessId { get; init; }

    /// <summary>When that process started, in clock ticks since the kernel did: its id may be another's by now.</summary>
    public long? ProcessStart { get; init; }

    /// <summary>The container that was named as the target, if one was.</summary>
    public Container? Container { get; init; }

    /// <summary>Whether its namespace was told by a name, and so may come back; a process's id is another's by then.</summary>
    public bool IsNamed => ProcessId is null && !NamespacePath.StartsWith("/proc/", StringComparison.Ordinal);

    /// <summary>Whether it is the host's own access to the network: in the host's namespace, beside the containers' NICs.</summary>
    public bool IsHost { get; init; }

    /// <summary>The interface's name in the namespace; empty until it is made.</summary>
    public string InterfaceName { get; init; } = "";

    /// <summary>The interface's index in the namespace; zero until it is made.</summary>
    public int InterfaceIndex { get; init; }

    /// <summary>Its MAC address; none until it is made.</summary>
    public PhysicalAddress MacAddress { get; init; } = PhysicalAddress.None;

    /// <summary>Its MTU in bytes; zero until it is made.</summary>
    public int Mtu { get; init; }

    /// <summary>Its addresses, in the order they were asked for.</summary>
    public IReadOnlyList<LeaseRecord> Leases { get; init; } = [];
}

/// <summary>An address that a NIC holds.</summary>
/// <param name="Address">The address with the prefix length of its subnet.</param>
/// <param name="Source">Where it came from.</param>
public sealed record LeaseRecord(InterfaceAddress Address, LeaseSource Source);

/// <summary>Where an address came from.</summary>
public enum LeaseSource
{
    /// <summary>The lowest free one of the network's pool.</summary>
    Pool,

    /// <summary>Asked for.</summary>
    Static,
}

/// <summary>How far a NIC has come.</summary>
public enum NicState
{
    /// <summary>Its addresses are taken; its interface may exist in part.</summary>
    Reserved,

    /// <summary>Its interface is up, with all addresses and routes.</summary>
    Attached,

    /// <summary>It is being taken away; its interface may exist still.</summary>
    Detaching,

    /// <summary>It has its addresses, but no interface: its namespace or its parent is gone.</summary>
    Detached,

    /// <summary>Its interface is being made again.</summary>
    Restoring,
}
