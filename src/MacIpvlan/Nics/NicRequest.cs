using System.Net.NetworkInformation;
using MacIpvlan.Addressing;
using MacIpvlan.Containers;
using MacIpvlan.Linux;

namespace MacIpvlan;

/// <summary>What is asked of a new NIC.</summary>
public sealed record NicRequest
{
    /// <summary>The network that it joins.</summary>
    public required ContainerNetwork Network { get; init; }

    /// <summary>The namespace that it appears in.</summary>
    public required NamespaceHandle Target { get; init; }

    /// <summary>Whether it is the host's own access to the network; the target is the host's namespace then.</summary>
    public bool IsHost { get; init; }

    /// <summary>The process that was named as the target, if one was.</summary>
    public int? ProcessId { get; init; }

    /// <summary>The container that was named as the target, if one was.</summary>
    public Container? Container { get; init; }

    /// <summary>The interface's name; eth0, or the next free ethN, when null.</summary>
    public string? InterfaceName { get; init; }

    /// <summary>Its addresses; a family without any gets the lowest free one.</summary>
    public IReadOnlyList<AddressValue> Addresses { get; init; } = [];

    /// <summary>Leaves it without any address.</summary>
    public bool NoAddress { get; init; }

    /// <summary>How often its addresses are announced when it comes up: 0 to 3 times.</summary>
    public int AnnounceCount { get; init; } = 1;

    /// <summary>Whether others wait to be made, or so many hear its announcement, that it is sent while work goes on.</summary>
    internal bool AnnouncesAside { get; init; }

    /// <summary>
    /// Whether its addresses are announced by this process. The kernel does it once when a link comes up, of what it finds
    /// then, and needs no CAP_NET_RAW for that; but it goes on with nothing else until all others on the parent have heard it.
    /// </summary>
    internal bool AnnouncesItself => AnnounceCount > 1 || (AnnounceCount > 0 && (AnnouncesAside || Probe is not null));

    /// <summary>Whether its addresses are probed first (macvlan only); as the network says when null.</summary>
    public bool? ProbeAddress { get; init; }

    /// <summary>How its addresses are probed first; null for not at all.</summary>
    internal ProbeSettings? Probe => ProbeAddress ?? Network.Record.Probe is not null ? Network.Record.Probe ?? new() : null;

    /// <summary>Its MAC address (macvlan only); derived from network and address when null.</summary>
    public PhysicalAddress? MacAddress { get; init; }

    /// <summary>Its MTU in bytes; the network's when null.</summary>
    public int? Mtu { get; init; }
}
