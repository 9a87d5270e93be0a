using System.Numerics;
using MacIpvlan.Netlink;
using MacIpvlan.State;

namespace MacIpvlan;

/// <summary>A subnet of a network.</summary>
public sealed class NetworkSubnet
{
    internal NetworkSubnet(SubnetRecord record, SubnetUsage usage)
    {
        (Size, InUse, Free) = (usage.Size, usage.InUse, usage.Free);
        Subnet = record.Prefix.ToString();
        Gateway = record.Gateway?.ToString();
        IPRange = ValueList.OfTexts(record.Ranges);
        ExcludedAddress = ValueList.OfTexts(record.Excluded);
        ForeignAddress = new(usage.Foreign.Select(static f => new WireAddress(f.Address.ToString(), Link.Format(f.MacAddress), f.Until)));
    }

    /// <summary>The subnet in prefix notation.</summary>
    public string Subnet { get; }

    /// <summary>The gateway, which is never allocated; null if the subnet has no gateway.</summary>
    public string? Gateway { get; }

    /// <summary>The ranges that addresses are allocated from; empty for the whole subnet.</summary>
    public ValueList<string> IPRange { get; }

    /// <summary>The addresses that are never allocated.</summary>
    public ValueList<string> ExcludedAddress { get; }

    /// <summary>The addresses that other stations on the wire have. They aren't allocated until they expire.</summary>
    public ValueList<WireAddress> ForeignAddress { get; }

    /// <summary>The number of addresses that can be allocated: those in its ranges that aren't withheld.</summary>
    public BigInteger Size { get; }

    /// <summary>The number of addresses that NICs have, including static addresses outside the ranges.</summary>
    public BigInteger InUse { get; }

    /// <summary>The number of addresses that can still be allocated.</summary>
    public BigInteger Free { get; }

    /// <summary>The subnet in prefix notation.</summary>
    public override string ToString() => Subnet;
}

/// <summary>An address that another station on the wire has.</summary>
/// <param name="Address">The address.</param>
/// <param name="MacAddress">The MAC address of the station that answered for it.</param>
/// <param name="Until">When the entry expires.</param>
public sealed record WireAddress(string Address, string MacAddress, DateTimeOffset Until)
{
    /// <summary>The address.</summary>
    public override string ToString() => Address;
}
