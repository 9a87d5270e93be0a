using System.Numerics;
using MacIpvlan.Addressing;

namespace MacIpvlan;

/// <summary>An address of a network, or a range of addresses that are alike, and who has it.</summary>
public sealed class NetworkAddress
{
    internal NetworkAddress(ContainerNetwork network, IPPrefix subnet, AddressRange range, NetworkAddressKind kind) =>
        (Network, Subnet, Range, Kind) = (network.Name, new(subnet), range, kind);

    /// <summary>The network's name.</summary>
    public string Network { get; }

    /// <summary>The address without a prefix length, or both ends of the range.</summary>
    public AddressText IPAddress => new(Range);

    /// <summary>What the address is.</summary>
    public NetworkAddressKind Kind { get; }

    /// <summary>Whether it's the gateway of the network, or of another network with the same subnet on the same parent.</summary>
    public bool IsGateway { get; internal init; }

    /// <summary>Who has it: a NIC, a link of the host, or the MAC address of a station on the wire; null if it's nobody.</summary>
    public string? Holder { get; internal init; }

    /// <summary>The holder's network, which can be another one with the same subnet on the same parent; null if a NIC isn't the holder.</summary>
    public string? HolderNetwork { get; internal init; }

    /// <summary>The name of the host that the holder is on, if the network is on a segment; null otherwise.</summary>
    public string? Host { get; internal init; }

    /// <summary>The MAC address of the holder, or of the station on the wire; null if it's unknown or nobody.</summary>
    public string? MacAddress { get; internal init; }

    /// <summary>The subnet.</summary>
    public AddressText Subnet { get; }

    /// <summary>The lowest address of the range.</summary>
    public AddressText FirstAddress => new(Range.First);

    /// <summary>The highest address of the range.</summary>
    public AddressText LastAddress => new(Range.Last);

    /// <summary>The number of addresses.</summary>
    public BigInteger Count => Range.Size;

    internal AddressRange Range { get; }

    /// <summary>The address, or both ends of the range.</summary>
    public override string ToString() => IPAddress.ToString();
}

/// <summary>What an address of a network is.</summary>
public enum NetworkAddressKind : long
{
    /// <summary>A NIC has it.</summary>
    Nic,

    /// <summary>The host has it: on a link of its own, or on its interface on the network.</summary>
    Host,

    /// <summary>It's the gateway, and neither a NIC nor the host has it.</summary>
    Gateway,

    /// <summary>It's never allocated automatically, because it's excluded.</summary>
    Excluded,

    /// <summary>Another station on the wire has it.</summary>
    Foreign,

    /// <summary>It can be allocated.</summary>
    Free,

    /// <summary>Nobody has it, but it's outside the ranges that are allocated from: a NIC gets it only on request.</summary>
    OutsideRange,

    /// <summary>
    /// The address of the subnet itself, or its broadcast address: a NIC can't have it. On a segment, also one that an administrator
    /// has reserved.
    /// </summary>
    Reserved,
}
