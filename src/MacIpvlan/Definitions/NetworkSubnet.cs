using System.Numerics;
using MacIpvlan.Addressing;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A subnet of a network.</summary>
public sealed class NetworkSubnet
{
    internal NetworkSubnet(SubnetRecord record, SubnetUsage usage, bool isShared)
    {
        (Size, InUse, Free) = (usage.Size, usage.InUse, isShared ? null : usage.Free);
        Subnet = new(record.Prefix);
        Gateway = record.Gateway is AddressValue gateway ? new(gateway) : null;
        IPRange = ValueList.Of(record.Ranges);
        ExcludedAddress = ValueList.Of(record.Excluded);
        ForeignAddress = new(usage.Foreign.Select(static f => new WireAddress(new(f.Address), Link.Format(f.MacAddress), f.Until)));
    }

    /// <summary>The subnet in prefix notation.</summary>
    public AddressText Subnet { get; }

    /// <summary>The gateway, which is never allocated; null if the subnet has no gateway.</summary>
    public AddressText? Gateway { get; }

    /// <summary>The ranges that addresses are allocated from; empty for the whole subnet.</summary>
    public ValueList<AddressText> IPRange { get; }

    /// <summary>The addresses that are never allocated.</summary>
    public ValueList<AddressText> ExcludedAddress { get; }

    /// <summary>The addresses that other stations on the wire have. They aren't allocated until they expire.</summary>
    public ValueList<WireAddress> ForeignAddress { get; }

    /// <summary>The number of addresses that can be allocated: those in its ranges that aren't withheld.</summary>
    public BigInteger Size { get; }

    /// <summary>The number of addresses that NICs of this host have, including static addresses outside the ranges.</summary>
    public BigInteger InUse { get; }

    /// <summary>
    /// The number of addresses that can still be allocated; null on a segment, where only its database knows:
    /// Get-ContainerNetworkAddress asks it.
    /// </summary>
    public BigInteger? Free { get; }

    /// <summary>The subnet in prefix notation.</summary>
    public override string ToString() => Subnet.ToString();
}

/// <summary>An address that another station on the wire has.</summary>
/// <param name="Address">The address.</param>
/// <param name="MacAddress">The MAC address of the station that answered for it.</param>
/// <param name="Until">When the entry expires.</param>
public sealed record WireAddress(AddressText Address, string MacAddress, DateTimeOffset Until)
{
    /// <summary>The address.</summary>
    public override string ToString() => Address.ToString();
}
