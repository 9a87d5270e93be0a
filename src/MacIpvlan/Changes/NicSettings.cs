using System.Net.NetworkInformation;
using System.Net.Sockets;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>What is to change of a NIC. What is null or empty stays as it is.</summary>
public sealed record NicSettings
{
    /// <summary>The interface's new name.</summary>
    public string? NewName { get; init; }

    /// <summary>The addresses instead of those of their families; empty for none at all.</summary>
    public IReadOnlyList<AddressValue>? Addresses { get; init; }

    /// <summary>Addresses that the NIC gets besides.</summary>
    public IReadOnlyList<AddressValue> AddedAddresses { get; init; } = [];

    /// <summary>Families of which the NIC gets the lowest free address besides.</summary>
    public IReadOnlyList<AddressFamily> AddedFamilies { get; init; } = [];

    /// <summary>Addresses that the NIC no longer has.</summary>
    public IReadOnlyList<AddressValue> RemovedAddresses { get; init; } = [];

    /// <summary>The prefix lengths that were specified with addresses; they must be those of the subnets.</summary>
    public IReadOnlyList<InterfaceAddress> AddressesWithLength { get; init; } = [];

    /// <summary>The MAC address (macvlan only).</summary>
    public PhysicalAddress? MacAddress { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether it has the MTU of its network again.</summary>
    public bool InheritsMtu { get; init; }

    /// <summary>What changes of its limits of bandwidth; null if nothing.</summary>
    public BandwidthChange? Bandwidth { get; init; }

    /// <summary>All sysctls of its own, in addition to those of its network or instead. One that it no longer has keeps its value.</summary>
    public IReadOnlyList<NicSysctl>? Sysctls { get; init; }

    /// <summary>True to take the default route from the other NICs of the namespace, false for no default route.</summary>
    public bool? DefaultRoute { get; init; }

    /// <summary>Whether the link is kept down.</summary>
    public bool? IsDisabled { get; init; }

    /// <summary>Whether new addresses are probed first (macvlan only); null for the network's setting.</summary>
    public bool? ProbeAddress { get; init; }

    /// <summary>Whether something is to change that labels of a container ask for: its name, addresses, MAC address, MTU or default route.</summary>
    internal bool ChangesLabelled => NewName is not null || Addresses is not null || AddedAddresses.Count + AddedFamilies.Count + RemovedAddresses.Count > 0
        || MacAddress is not null || Mtu is not null || InheritsMtu || DefaultRoute is not null;

    /// <summary>Whether to change what would otherwise be refused, because it can hurt.</summary>
    public bool Force { get; init; }
}
